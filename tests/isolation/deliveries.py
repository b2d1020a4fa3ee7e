"""The ways in through vendors: what a chat or a telephone brings that names things of theirs.

Whoever writes has a chat of their own in acme, and the vendor's signature is good, unless a game
is played with it: the bot and the number are everybody's, so what is written there is the attack.
"""

from collections.abc import Callable
from random import Random
from uuid import UUID

from tests.inbound.twilio_calls import SMS, STATUS
from tests.isolation.arena import NOBODYS_WORD, Secrets
from tests.isolation.asks import Ask
from tests.isolation.canaries import CANARY
from tests.isolation.chats import (
    FORGED,
    TELEGRAM,
    reported,
    sent_sms,
    touched,
    written,
)
from tests.isolation.ways import Pair, Shot, Way

# What people write, in which `{…}` are theirs or nobody's.
WRITTEN = (
    *("/tenant {office}", "/start {code}", "/start {tenant}", "undo {action}", "/stop {office}"),
    *("what is in task {task}", "remind {mail} to call tomorrow at 3pm", "complete {word} title"),
    *("show me {word}", "delete task {task}", "summarize note {note}", "/tenant {tenant}"),
)
TOUCHED = ("undo {action}", "yes {action}", "no {message}", "undo {task}", "done {task}")
REPORTS = ("delivered", "failed", "undelivered", "read", "nonsense")

Facts = dict[str, str]


def _facts(secrets: Secrets, office: str, mail: str, word: str) -> Facts:
    names = {"office": office, "mail": mail, "word": word, "code": secrets.chats.code}
    return {**secrets.ids, **names}


def _both(shot: Shot) -> tuple[Facts, Facts]:
    arena = shot.arena
    theirs = _facts(arena.theirs, "globex", "mia@globex.example", CANARY)
    nobodys = _facts(arena.nobodys, "nowhere", "zoq@nowhere.example", NOBODYS_WORD)
    return theirs, {**theirs, **nobodys}


def _chats(shot: Shot) -> tuple[int, str]:
    """Return one's own chat and telephone; a stranger writes from where nobody is known."""
    own = shot.member.chats
    return own.chat or 4711999, own.number or "+491600000099"


def _pair(ask: Callable[[Facts], Ask], facts: tuple[Facts, Facts]) -> Pair:
    """Ask both; what is of theirs may be looked for in their office, and is not found."""
    probes = tuple(tuple(found.values()) for found in facts)
    return Pair(ask(facts[0]), ask(facts[1]), (probes[0], probes[1]), enters=True)


def chat_that_names_theirs(shot: Shot) -> Pair | None:
    """From a chat of one's own: words, commands, codes and buttons that name what is theirs."""
    if shot.target.path != TELEGRAM:
        return None
    chat, _number = _chats(shot)
    text = shot.rng.choice([*WRITTEN, *TOUCHED])
    bring = touched if text in TOUCHED else written
    return _pair(lambda facts: bring(text.format(**facts), chat), _both(shot))


def sms_that_names_theirs(shot: Shot) -> Pair | None:
    """From a telephone of one's own."""
    if shot.target.path != SMS:
        return None
    _chat, number = _chats(shot)
    text = shot.rng.choice(WRITTEN)
    return _pair(lambda facts: sent_sms(text.format(**facts), number), _both(shot))


def name_of_their_delivery(shot: Shot) -> Pair | None:
    """What came from them first is no reason to leave ours out: the vendor's names are theirs."""
    if shot.target.path not in {TELEGRAM, SMS}:
        return None
    chat, number = _chats(shot)
    theirs, nobodys = shot.arena.theirs.chats, shot.arena.nobodys.chats
    if shot.target.path == TELEGRAM:
        asks = [written("call Bob", chat, update=one.update) for one in (theirs, nobodys)]
    else:
        asks = [sent_sms("call Bob", number, sid=one.sid) for one in (theirs, nobodys)]
    return Pair(asks[0], asks[1])


def unsigned_from_their_chat(shot: Shot) -> Pair | None:
    """Whoever is not the vendor writes as them from their chat, and is told as much as a nobody."""
    theirs, nobodys = shot.arena.theirs.chats, shot.arena.nobodys.chats
    text = shot.rng.choice(["/tenant", "/stop", "STOP", "complete everything", "/help"])
    if shot.target.path == TELEGRAM:
        asks = [written(text, one.chat, secret=FORGED) for one in (theirs, nobodys)]
    elif shot.target.path == SMS:
        asks = [sent_sms(text, one.number, token=FORGED) for one in (theirs, nobodys)]
    else:
        return None
    return Pair(asks[0], asks[1])


def report_on_their_message(shot: Shot) -> Pair | None:
    """A forged report on theirs, and a good one that joins one office with another's message."""
    if shot.target.path != STATUS:
        return None
    arena, state = shot.arena, shot.rng.choice(REPORTS)
    theirs, nobodys, ours = arena.theirs.ids, arena.nobodys.ids, arena.members["admin"].own
    joined, token = _joined(shot.rng, theirs, nobodys, ours)
    asks = [reported(name, state, token=token) for name in joined]
    probes = [(name, *name.split(".")) for name in joined]
    return Pair(asks[0], asks[1], (probes[0], probes[1]), enters=not token)


def _joined(rng: Random, theirs: Facts, nobodys: Facts, ours: Facts) -> tuple[tuple[str, str], str]:
    """Return what the callback's address names, hostile and innocent, and who signed it."""
    office, message = theirs["tenant"], theirs["message"]
    unknown = nobodys["message"]
    return rng.choice(
        [
            ((f"{office}.{message}", f"{nobodys['tenant']}.{unknown}"), FORGED),
            ((f"{ours['tenant']}.{message}", f"{ours['tenant']}.{unknown}"), ""),
            ((f"{office}.{ours['message']}", f"{office}.{unknown}"), ""),
            ((f"{office}.{office}", f"{office}.{unknown}"), ""),
            ((f"{message}.{office}", f"{unknown}.{nobodys['tenant']}"), ""),
            ((f"{UUID(office).hex}.{unknown}", f"{UUID(nobodys['tenant']).hex}.{unknown}"), ""),
        ]
    )


DELIVERIES_BY_NAME: dict[str, Way] = {
    "chat that names theirs": chat_that_names_theirs,
    "SMS that names theirs": sms_that_names_theirs,
    "vendor's name of theirs": name_of_their_delivery,
    "unsigned, from their chat": unsigned_from_their_chat,
    "report on their message": report_on_their_message,
}
