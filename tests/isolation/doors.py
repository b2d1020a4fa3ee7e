"""The ways in that try another door: hosts, headers, tokens, sessions, guessed addresses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.isolation.arena import ACME, CSRF, GLOBEX, SHARED
from tests.isolation.asks import Ask
from tests.isolation.rules.pages import SECRET_ADDRESSES
from tests.isolation.targets import opened
from tests.isolation.tokens import FORGERIES, NONSENSE
from tests.isolation.ways import Pair, Shot, Way, id_in_the_address, pair

NOWHERE = "nowhere.localhost"
# Ways to write one and the same host; `{}` is its name.
HOST_SPELLINGS = ("{}:8000", "{}.", "{}.:443", "{U}", "{}:80", "{T}")
# What is no host name, or two; `{}` is another office's.
HOST_GAMES = (
    *(
        "acme.localhost,{}",
        "{},acme.localhost",
        "{}:80:80",
        "acme.localhost@{}",
        "{}@acme.localhost",
    ),
    *("{} acme.localhost", "acme.localhost#{}", "{}/", "{}\\", "acme.{}", "{}\tacme.localhost"),
    *("http://{}/", "//{}", "{}%00", "localhost,{}", "[{}]", "*.{}", "{}:"),
)
# Headers that some proxy or framework somewhere believes; `{}` is their office.
HEADER_GAMES = (
    *(("X-Forwarded-Host", "{}.localhost"), ("X-Host", "{}.localhost")),
    *(("X-Original-Host", "{}.localhost"), ("Forwarded", "for=127.0.0.1;host={}.localhost")),
    *(("X-Forwarded-Server", "{}.localhost"), ("X-HTTP-Host-Override", "{}.localhost")),
    *(("X-Tenant", "{}"), ("X-Tenant-ID", "{id}"), ("Tenant", "{}"), ("X-Schema", "{id}")),
    *(("X-Original-URL", "/api/v1/tasks/{task}"), ("X-Rewrite-URL", "/tasks/{task}")),
    *(("X-Forwarded-Prefix", "/{}"), ("X-Script-Name", "/{}"), ("Via", "1.1 {}.localhost")),
    *(("X-Forwarded-For", "127.0.0.1, 10.0.0.1"), ("X-Real-IP", "127.0.0.1")),
    *(("X-User-ID", "{user}"), ("X-Remote-User", "mia@{}.example"), ("Remote-User", "{user}")),
    *(("X-HTTP-Method-Override", "DELETE"), ("X-Method-Override", "PUT")),
    *(("Range", "bytes=0-10"), ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")),
    *(("Cache-Control", "only-if-cached"), ("Accept-Encoding", "gzip"), ("TE", "trailers")),
)
GUESSES = (
    *("/media/{tenant}/{task}.pdf", "/media/{task}", "/files/{tenant}/export.zip", "/uploads/"),
    *("/static/../var/run.json", "/static/../../etc/passwd", "/static/{tenant}/logo.png"),
    *("/static/css/../../config/settings/base.py", "//etc/passwd", "/var/{tenant}/mail", "/.env"),
    *("/.git/config", "/.well-known/{tenant}", "/var/keys/jwt-1.pem", "/backup/{tenant}.zip"),
    *("/feeds/{task}.ics", "/calendar/{user}/feed.ics", "/api/v1/tasks/{task}/export", "/metrics"),
    *("/api/v1/admin/tenants/{tenant}", "/api/v1/tenants/{tenant}/tasks", "/api/v2/tasks/{task}"),
    *("/api/v1/users/{user}", "/api/v1/comments/{comment}", "/api/v1/messages/{message}"),
    *("/api/v1/tasks/../tasks/{task}", "/t/{tenant}/tasks", "/{tenant}/tasks/{task}"),
    *("/admin/tasks/comment/{comment}/change/", "/admin/tenants/tenant/{tenant}/change/"),
    *("/admin/sessions/session/", "/admin/auth/group/", "/ws/{tenant}/", "/api/v1/tasks/{task}/"),
    *("/tasks/{task}/", "/tasks/{task}.json", "/static/\x00{task}", "/..%2f..%2fvar/run.json"),
    *("/debug/", "/silk/", "/api/v1/auth/me/{user}", "/webhooks/{tenant}", "/.DS_Store"),
)


# What somebody tries who has seen a part of a secret, or one that was good once.
TAMPERED: tuple[Callable[[str], str], ...] = (
    *(lambda secret: secret[:-1], lambda secret: secret[1:], lambda secret: secret[::-1]),
    *(lambda secret: secret.swapcase(), lambda secret: secret[:-1] + "~", lambda s: f"{s}{s}"),
    lambda secret: secret.partition(":")[0] + ":x:y",
)


def token_on_their_host(shot: Shot) -> Pair | None:
    """The good token at the other door must be as bad there as a token that never was."""
    if not shot.member.access or shot.target.door != "api":
        return None
    inner = id_in_the_address(shot) if shot.rng.random() < 0.5 else None
    ask = (inner.hostile if inner else shot.good).but(host=GLOBEX)
    return _tokens(ask, shot.member.access, NONSENSE)


def session_on_their_host(shot: Shot) -> Pair | None:
    """The good session at the other door must be no session."""
    if not shot.member.session:
        return None
    inner = id_in_the_address(shot) if shot.rng.random() < 0.5 else None
    host = shot.rng.choice([GLOBEX, GLOBEX, SHARED])
    ask = _pageish(shot, inner.hostile if inner else shot.good).but(host=host)
    return _sessions(ask, shot.member.session, shot.arena.nobodys.session)


def their_session_here(shot: Shot) -> Pair | None:
    """Their session's key means nothing in this office and on the shared host."""
    ask = _pageish(shot, shot.good).but(host=shot.rng.choice([ACME, SHARED]))
    return _sessions(ask, shot.arena.theirs.session, shot.arena.nobodys.session)


def session_into_the_api(shot: Shot) -> Pair | None:
    if shot.target.door != "api" or not shot.member.session:
        return None
    bare = _without_token(shot.good).but(host=ACME)
    return _sessions(bare, shot.member.session, shot.arena.nobodys.session)


def token_into_a_page(shot: Shot) -> Pair | None:
    """Neither console nor page takes a token, on whichever host."""
    if shot.target.door == "api" or not shot.member.access:
        return None
    ask = shot.good.but(cookies=(("office_csrf", CSRF),))
    return Pair(ask.with_token(shot.member.access), ask, enters=False)


def forged_token(shot: Shot) -> Pair | None:
    if not shot.member.access:
        return None
    theirs = shot.arena.theirs.ids
    claims: dict[str, Any] = shot.rng.choice(
        [
            {"tenant_id": theirs["tenant"]},
            {"tenant_id": theirs["tenant"], "sub": theirs["user"]},
            {"sub": theirs["user"]},
            {"role": "admin", "permissions": ["admin:settings", "admin:audit"]},
            {"sub": str(shot.arena.members["admin"].user.pk)},  # type: ignore[union-attr]
        ]
    )
    token = shot.rng.choice(FORGERIES)(shot.member.access, **claims)
    return _tokens(_any_host(shot), token, NONSENSE)


def stale_token(shot: Shot) -> Pair | None:
    """Expired, or of somebody who left, or of an office that closed."""
    if not shot.member.stale_access:
        return None
    token = shot.member.stale_access[shot.rng.choice(sorted(shot.member.stale_access))]
    return _tokens(_any_host(shot), token, NONSENSE)


def token_of_the_wrong_kind(shot: Shot) -> Pair | None:
    if not shot.member.refresh or shot.target.door != "api":
        return None
    return _tokens(_any_host(shot), shot.member.refresh, NONSENSE)


def refresh_token_abroad(shot: Shot) -> Pair | None:
    """Refreshing and signing out with what is stale, of the wrong kind, or at the other door."""
    if shot.target.key not in {("POST", "refresh"), ("POST", "logout")} or not shot.member.refresh:
        return None
    stale = sorted(shot.member.stale_refresh.items())
    if shot.target.key == ("POST", "logout"):
        # Whoever is signed out already, or left, may still ask for it.
        stale = [found for found in stale if found[0] in {"expired", "of a closed office"}]
    wrong = [("access", shot.member.access), ("forged", FORGERIES[0](shot.member.refresh, sub="x"))]
    name, token = shot.rng.choice([*stale, *wrong, ("abroad", shot.member.refresh)])
    host = GLOBEX if name == "abroad" else shot.rng.choice([SHARED, ACME, GLOBEX])
    ask = shot.good.but(host=host)
    if shot.rng.random() < 0.5:
        return _tokens(ask.but(body={}), token, NONSENSE)
    return Pair(ask.with_field("refresh_token", token), ask.with_field("refresh_token", NONSENSE))


def header_game(shot: Shot) -> Pair | None:
    """A header that names their office changes nothing; a cache could not be poisoned with it."""
    name, value = shot.rng.choice(HEADER_GAMES)
    theirs, good = shot.arena.theirs.ids, shot.good
    text = value.format("globex", id=theirs["tenant"], task=theirs["task"], user=theirs["user"])
    return Pair(good.with_header(name, text), good, poisons=True)


def host_spelled_oddly(shot: Shot) -> Pair | None:
    """Their host in another spelling is still their host; the own one is still one's own."""
    good, spelling = shot.good, shot.rng.choice(HOST_SPELLINGS)
    spelled = _spelled(spelling, GLOBEX)
    if shot.rng.random() < 0.5 and shot.member.access:
        odd = good.but(host=spelled)
        if shot.target.door == "api":
            return _tokens(odd, shot.member.access, NONSENSE)
        return _sessions(odd, shot.member.session, shot.arena.nobodys.session)
    return Pair(
        good.but(host=_spelled(spelling, GLOBEX)),
        good.but(host=GLOBEX),
        ((spelled, GLOBEX), (GLOBEX,)),
        enters=True,
        poisons=True,
    )


def two_hosts(shot: Shot) -> Pair | None:
    """What is no host name opens nobody's office."""
    game, good = shot.rng.choice(HOST_GAMES), shot.good
    hosts = (game.format("globex.localhost"), game.format(NOWHERE))
    found = pair(lambda host: good.but(host=host), hosts)
    probes = (*found.probes[0], GLOBEX), (*found.probes[1], NOWHERE)
    return replace(found, probes=probes, poisons=True)


def absolute_address(shot: Shot) -> Pair | None:
    """A request line with their address in it, and the own host beside it."""
    good = shot.good
    found = pair(lambda host: good.but(path=f"http://{host}{good.path}"), (GLOBEX, NOWHERE))
    return replace(found, poisons=True)


def guessed_address(shot: Shot) -> Pair | None:
    """Where other products keep files, feeds and secrets; with their ids in the names."""
    guess, good = shot.rng.choice(GUESSES), shot.good
    host = shot.rng.choice([good.host, ACME, SHARED])
    ids = (shot.prey().ids, shot.arena.nobodys.ids)
    both = [{**shot.arena.theirs.ids, **found} for found in ids]
    both[1] = {**both[0], **shot.arena.nobodys.ids}
    hostile, innocent = (
        Ask("get", guess.format(**found), host, headers=good.headers, cookies=good.cookies)
        for found in both
    )
    return Pair(hostile, innocent, (tuple(both[0].values()), tuple(both[1].values())))


def secret_of_theirs(shot: Shot) -> Pair | None:
    """What opens an address of theirs opens nothing here, nor anywhere once it is tampered with."""
    if shot.target.path not in SECRET_ADDRESSES:
        return None
    kind, is_bound = SECRET_ADDRESSES[shot.target.path]
    [name] = shot.target.path_ids
    secrets = shot.arena.theirs.secrets[kind], shot.arena.nobodys.secrets[kind]
    games, hosts = [*TAMPERED], [SHARED, ACME, GLOBEX]
    if is_bound and shot.rng.random() < 0.5:
        games, hosts = [str], [ACME, SHARED]
    game, host, good = shot.rng.choice(games), shot.rng.choice(hosts), shot.good
    found = pair(
        lambda secret: good.but(path=shot.target.at({name: secret}), host=host),
        (game(secrets[0]), game(secrets[1])),
    )
    return replace(found, enters=host == GLOBEX or not is_bound)


def _any_host(shot: Shot) -> Ask:
    return shot.good.but(host=shot.rng.choice([SHARED, ACME, GLOBEX, shot.target.host]))


def _pageish(shot: Shot, ask: Ask) -> Ask:
    return opened(_without_token(ask), "page", shot.member)


def _without_token(ask: Ask) -> Ask:
    return ask.but(headers=tuple(found for found in ask.headers if found[0] != "Authorization"))


def _tokens(ask: Ask, hostile: str, innocent: str) -> Pair:
    """Neither token opens anything there, and nothing more is looked up for the better one."""
    return Pair(ask.with_token(hostile), ask.with_token(innocent))


def _sessions(ask: Ask, hostile: str, innocent: str) -> Pair:
    asks = [
        ask.but(cookies=(("office_csrf", CSRF), ("office_session", key)))
        for key in (hostile, innocent)
    ]
    return Pair(asks[0], asks[1], ((hostile,), (innocent,)))


def _spelled(spelling: str, host: str) -> str:
    return spelling.format(host, U=host.upper(), T=host.title())


DOORS_BY_NAME: dict[str, Way] = {
    "token on their host": token_on_their_host,
    "session on their host": session_on_their_host,
    "their session here": their_session_here,
    "session into the API": session_into_the_api,
    "token into a page": token_into_a_page,
    "forged token": forged_token,
    "stale token": stale_token,
    "refresh token as access token": token_of_the_wrong_kind,
    "stale or foreign refresh token": refresh_token_abroad,
    "header game": header_game,
    "host spelled oddly": host_spelled_oddly,
    "two hosts in one": two_hosts,
    "absolute address": absolute_address,
    "guessed address": guessed_address,
    "secret address of theirs": secret_of_theirs,
}
