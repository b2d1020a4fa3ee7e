"""The two scanners: what they are told, and what they have found."""

import csv
import json
import re
import shlex
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import requests

from tests.attack.office import PATIENCE_SECONDS, Office

# Not “ldap”, which nothing here speaks: it calls an injection what answers two texts otherwise.
MODULES = (
    *("sql", "timesql", "xss", "permanentxss", "file", "exec", "ssrf", "crlf", "csrf"),
    *("redirect", "xxe", "upload", "http_headers", "cookieflags", "csp"),
)
# The API takes no cookies, so that no page can misuse those of a browser.
OF_COOKIES = {"csrf", "cookieflags"}
LEVELS = {0: "info", 1: "low", 2: "medium", 3: "high", 4: "critical"}
# Of what wapiti calls no weakness: a 500 is one, and that no answer came in time may be.
ANOMALIES = {"Internal Server Error": "high"}
# What would end the scanner's own session, or change what it signs in with.
LEFT_ALONE = (
    *("/sign-out", "/signed-out", "/security*", "/profile/password", "/profile/email"),
    *("/admin/logout/", "/static/*"),
)
LEFT_ALONE_OF_THE_API = (
    *("/api/v1/auth/logout", "/api/v1/auth/refresh", "/api/v1/auth/password*"),
    *("/api/v1/auth/sessions*", "/api/v1/auth/email*", "/api/v1/auth/mfa*", "/api/v1/admin/users*"),
)
CONSOLES, SCHEMA = "/admin/*", "/api/schema?format=json"
# Where wapiti would look whether the server asked a machine outside: nowhere.
NOWHERE = "http://127.0.0.1:9/"
# Pages that none of the others leads to by a link.
MORE_PAGES = ("/team", "/reports", "/search?q=badges", "/messages/coming", "/quick-add")
# What no value stands for: these are asked for alone.
ALONE = {"page", "cursor"}
WORD, DAY, MOMENT = "badges", "2034-05-15", "2034-05-15T09:00:00Z"


@dataclass
class Found:
    """What a scanner did and found, by how bad it says it is."""

    name: str
    seconds: float
    targets: int
    levels: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    # Of its kinds of attack, how many had no time to try everything.
    cut_short: int = 0

    @property
    def is_bad(self) -> bool:
        """Whether something is worse than low."""
        return not self.levels.keys() <= {"low", "info"}


def wapiti_of_pages(office: Office, folder: Path, *, minutes: float) -> Found:
    """Let wapiti walk the office's pages, and attack what it meets."""
    alone = (*LEFT_ALONE, CONSOLES)
    starts = (word for path in MORE_PAGES for word in ("-s", f"{office.pages}{path}"))
    return _wapiti(("pages", folder, minutes), alone, *_signed_in(office, "/"), *starts)


def wapiti_of_consoles(office: Office, folder: Path, *, minutes: float) -> Found:
    """The same with the console of the office's admins."""
    return _wapiti(("consoles", folder, minutes), LEFT_ALONE, *_signed_in(office, "/admin/"))


def wapiti_of_api(office: Office, folder: Path, *, minutes: float) -> Found:
    """Let wapiti attack what the schema of the API describes."""
    schema = folder / "schema.json"
    schema.write_text(json.dumps(_asked(office, SCHEMA)))
    return _wapiti(
        ("api", folder, minutes),
        LEFT_ALONE_OF_THE_API,
        *("-u", f"{office.base}/", "--swagger", str(schema)),
        *("-H", f"Authorization: Bearer {office.token}", "--scope", "folder"),
    )


def _signed_in(office: Office, path: str) -> list[str]:
    cookies = "; ".join(f"{name}={value}" for name, value in office.cookies.items())
    where = ["-u", f"{office.pages}{path}", "--scope", "folder"]
    return [*where, "-H", f"Host: {office.host}", "-C", cookies]


def _wapiti(way: tuple[str, Path, float], alone: Sequence[str], *where: str) -> Found:
    """Let it walk, take from what it has met all but one of each shape, and let it attack that."""
    (name, folder, minutes), started = way, monotonic()
    report, session = folder / f"wapiti-{name}.json", folder / f"wapiti-{name}"
    command = ["wapiti", *where, "--store-session", str(session), "--no-bugreport", "-v", "1"]
    root = re.match("https?://[^/]+", where[1])
    excluded = [word for path in alone for word in ("-x", f"{root and root[0]}{path}")]
    walk = ["--max-scan-time", str(15 * minutes), "--max-links-per-page", "60", *excluded]
    quiet = ["--flush-session", "-m", "", "-f", "json", "-o", str(folder / f"walk-{name}.json")]
    run([*command, *quiet, *walk], folder / f"walk-{name}.txt")
    met = sum(
        keep_one_of_each_shape(file, root and root[0], alone) for file in session.glob("*.db")
    )
    modules = [one for one in MODULES if name != "api" or one not in OF_COOKIES]
    attack = ["--skip-crawl", "-m", ",".join(modules), "--endpoint", NOWHERE]
    limit = ["--max-attack-time", str(45 * minutes / len(MODULES))]
    log = folder / f"wapiti-{name}.txt"
    run([*command, *attack, *limit, "-f", "json", "-o", str(report)], log)
    found = Found(f"wapiti: {name}", monotonic() - started, met)
    found.cut_short = log.read_text(errors="replace").count("Max attack time was reached")
    told: dict[str, Any] = json.loads(report.read_text())
    for kind in ("vulnerabilities", "anomalies"):
        for what, rows in told[kind].items():
            for row in rows:
                is_weak = kind == "vulnerabilities"
                level = LEVELS[row["level"]] if is_weak else ANOMALIES.get(what, "low")
                found.levels[level] = found.levels.get(level, 0) + 1
                found.words.append(f"{level}: {what}: {row['info']} {row['http_request'][:300]}")
    return found


def keep_one_of_each_shape(session: Path, root: str | None, alone: Sequence[str]) -> int:
    """Take out of what wapiti has met what differs in ids and values alone; return how many stay.

    A walk meets thousands of addresses, most of them the same page of another thing. What is to be
    left alone it has not followed, but would attack; so it is taken out as well.
    """
    kept: set[tuple[str, ...]] = set()
    with sqlite3.connect(session) as store:
        names: dict[int, set[str]] = {}
        for pk, name in store.execute("SELECT path_id, name FROM params"):
            names.setdefault(pk, set()).add(name)
        for pk, method, url in store.execute("SELECT path_id, method, path FROM paths").fetchall():
            path = url.removeprefix(root or "")
            plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "0", path.partition("?")[0])
            shape = (method, plain, *sorted(names.get(pk, set()) - {"_changelist_filters"}))
            is_ours = url != path and not any(fnmatch(path, pattern) for pattern in alone)
            if is_ours and shape not in kept:
                kept.add(shape)
                continue
            for table in ("params", "paths"):
                store.execute(f"DELETE FROM {table} WHERE path_id = ?", (pk,))
    return len(kept)


def sqlmap(office: Office, folder: Path) -> Found:
    """Let sqlmap try each parameter of each list of the API."""
    started, urls = monotonic(), addresses(office)
    (folder / "urls.txt").write_text("\n".join(urls))
    command = [
        *("sqlmap", "-m", str(folder / "urls.txt"), "--batch", "--level", "2", "--risk", "1"),
        *("--dbms", "PostgreSQL", "-H", f"Authorization: Bearer {office.token}"),
        *("--flush-session", "--output-dir", str(folder / "sqlmap"), "--disable-coloring"),
        *("--ignore-code", "*", "--keep-alive"),
    ]
    run(command, folder / "sqlmap.txt")
    found = Found("sqlmap", monotonic() - started, len(urls))
    for file in (folder / "sqlmap").glob("results-*.csv"):
        for row in csv.DictReader(file.read_text().splitlines()):
            if row["Technique(s)"]:
                found.levels["critical"] = found.levels.get("critical", 0) + 1
                found.words.append(f"critical: {row['Target URL']} {row['Parameter']}")
    return found


def addresses(office: Office) -> list[str]:
    """Return the address of each operation that takes a query, with all of its parameters."""
    made = []
    for path, methods in _asked(office, SCHEMA)["paths"].items():
        wanted = [
            one for one in methods.get("get", {}).get("parameters", ()) if one["in"] == "query"
        ]
        gaps = re.findall(r"{(\w+)}", path)
        place = path.format(**{name: _id(office, path, name) for name in gaps})
        if not wanted or "None" in place:
            continue
        query = {one["name"]: _value(office, one) for one in wanted if one["name"] not in ALONE}
        made.append(f"{office.base}{place}?{urlencode(query)}")
        names = {one["name"] for one in wanted}
        if "page" in names:
            made.append(f"{office.base}{place}?page=1")
        if "cursor" in names and (
            following := _asked(office, f"{place}?cursor=&page_size=1")["next"]
        ):
            made.append(following)
    return made


def _asked(office: Office, path: str) -> Any:
    headers = {"Authorization": f"Bearer {office.token}"}
    url = f"{office.base}{path}"
    answer = requests.request("GET", url, headers=headers, timeout=PATIENCE_SECONDS)
    answer.raise_for_status()
    return answer.json()


def run(command: list[str], log: Path) -> None:
    """Run the scanner to its end; what it says goes into the file."""
    shown = (re.sub("(Bearer |office_[a-z]+=)[^ ;]+", r"\1…", word) for word in command)
    print(shlex.join(shown), flush=True)
    with log.open("wb") as file:
        subprocess.run(command, stdout=file, stderr=file, check=False)


def _id(office: Office, path: str, name: str) -> str | None:
    """Return the id of a thing of ours that the path asks for, if there is one."""
    word = path.partition(f"/{{{name}}}")[0].rpartition("/")[2].removesuffix("s")
    return office.ids.get(word)


def _value(office: Office, parameter: dict[str, Any]) -> str:
    """Return a value that the parameter takes."""
    name, shape = parameter["name"], parameter["schema"]
    items = shape.get("items", {})
    if enum := shape.get("enum") or items.get("enum"):
        return str(enum[0])
    if "pattern" in shape:
        return "0" * 64
    kinds = {"boolean": "true", "integer": "1"}
    whose = office.ids.get(name, office.ids["user"])
    forms = {"uuid": whose, "date": DAY, "date-time": MOMENT}
    form = shape.get("format") or items.get("format")
    known = {"fields": "id", "users": whose, "since": DAY, "until": "2034-05-16"}
    return forms.get(form) or known.get(name) or kinds.get(shape.get("type"), WORD)
