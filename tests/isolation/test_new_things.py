"""Whatever is new has its line in the tables of the hostile tests, or fails here."""

import ast
from collections.abc import Callable, Collection
from dataclasses import dataclass

import pytest

from tests.isolation import inventory, promises
from tests.isolation.rules.consoles import TABLES
from tests.isolation.rules.ids import NAMED_IDS, PATH_IDS
from tests.isolation.rules.pages import PAGES, SECRET_ADDRESSES
from tests.isolation.samples.every import SAMPLES
from tests.isolation.samples.uploads import UPLOADS

RULES, SAMPLED = "tests/isolation/rules", "tests/isolation/samples"
PROMISES = "tests/isolation/promises.py"


@dataclass(frozen=True)
class Register:
    """What there is of one kind, the table that knows it, and what to add to the table."""

    there: Callable[[], Collection[str]]
    known: Collection[str]
    sentence: str
    loose: bool = False
    """Whether a line may stand for what is not there: ids have one line for all that take them."""


def _of_actions():
    return {f"{label} {name}" for label, table in TABLES.items() for name in table.actions}


REGISTERS = [
    Register(
        inventory.api_routes,
        {" ".join(key) for key in SAMPLES},
        f"give it a good request in the table of its app in {SAMPLED}/",
    ),
    Register(
        inventory.routes_with_ids,
        PATH_IDS,
        f"say in PATH_IDS of {RULES}/ids.py what the id in its address stands for",
    ),
    Register(
        inventory.named_ids,
        NAMED_IDS,
        f"say in NAMED_IDS of {RULES}/ids.py what the id stands for, and plant one in planting/",
        loose=True,
    ),
    Register(
        inventory.parents,
        NAMED_IDS,
        f"say in NAMED_IDS of {RULES}/ids.py what the parent's id in the address stands for",
        loose=True,
    ),
    Register(
        inventory.uploads,
        {" ".join(key) for key in UPLOADS},
        f"give it a good file in UPLOADS of {SAMPLED}/uploads.py",
    ),
    Register(
        inventory.secret_addresses,
        SECRET_ADDRESSES,
        f"say in SECRET_ADDRESSES of {RULES}/pages.py what the word in the address is, and plant"
        " theirs in `Secrets.secrets` of arena.py",
    ),
    Register(
        inventory.links,
        NAMED_IDS,
        f"say in NAMED_IDS of {RULES}/ids.py what the link stands for",
        loose=True,
    ),
    Register(
        inventory.pages,
        PAGES,
        f"add to PAGES of {RULES}/pages.py what its ids stand for, a good query and a good form",
    ),
    Register(
        inventory.tables,
        TABLES,
        f"add to TABLES of {RULES}/consoles.py what its ids stand for, a good form and its actions",
    ),
    Register(
        inventory.actions,
        _of_actions(),
        f"add it to the table's line in TABLES of {RULES}/consoles.py",
    ),
    Register(
        inventory.jobs,
        promises.JOBS,
        f"say in JOBS of {PROMISES} how the job comes to its office, and what it is called with",
    ),
    Register(
        inventory.commands,
        promises.COMMANDS,
        f"say in COMMANDS of {PROMISES} how the command comes to its office",
    ),
    Register(
        inventory.caches,
        promises.CACHES,
        f"say in CACHES of {PROMISES} why this cannot hold one office's rows for another",
    ),
    Register(
        inventory.downloads,
        promises.DOWNLOADS,
        f"say in DOWNLOADS of {PROMISES} whose file it is, and put a canary in another office's",
    ),
    Register(
        inventory.sockets,
        promises.SOCKETS,
        f"say in SOCKETS of {PROMISES} where it gets its office from, and attack it in doors.py",
    ),
    Register(
        inventory.headers,
        promises.HEADERS,
        f"say in HEADERS of {PROMISES} what is taken from it, and attack it in ways.py or doors.py",
    ),
    Register(
        inventory.files,
        promises.FILES,
        f"say in FILES of {PROMISES} what keeps one office's path from another",
    ),
]
NAMES = [register.there.__name__ for register in REGISTERS]


def check(register: Register, there: Collection[str]) -> None:
    new, gone = sorted({*there} - {*register.known}), sorted({*register.known} - {*there})
    assert not new, f"{', '.join(new)}: {register.sentence}."
    assert register.loose or not gone, f"{', '.join(gone)}: gone, so take its line out."


@pytest.mark.parametrize("register", REGISTERS, ids=NAMES)
def test_everything_has_its_line(register):
    check(register, register.there())


@pytest.mark.parametrize("register", REGISTERS, ids=NAMES)
def test_what_is_new_is_named_with_what_to_do(register):
    with pytest.raises(AssertionError, match=r"brand/new: .* in|brand/new: add"):
        check(register, {*register.there(), "brand/new"})


@pytest.mark.parametrize("register", REGISTERS, ids=NAMES)
def test_a_line_without_its_thing_is_named(register):
    if register.known and not register.loose:
        with pytest.raises(AssertionError, match="gone"):
            check(register, [])


# --- Reading the code finds what the tables are held to


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("@functools.cache\ndef people(): ...", {"people"}),
        ("@lru_cache(maxsize=9)\ndef people(): ...", {"people"}),
        ("class A:\n    @cached_property\n    def people(self): ...", {"people"}),
        ("from tenants.cache import tenant_cache\ntenant_cache.get('people')", {"tenant_cache"}),
        ("def people():\n    return cache.shared_cache.get_or_set('x', 1)", {"shared_cache"}),
        ("people = tenant_context", set()),
    ],
)
def test_what_is_kept_is_seen(code, found):
    assert inventory.caches_in(ast.parse(code)) == found


@pytest.mark.parametrize(
    "code",
    [
        "request.headers.get('Idempotency-Key')",
        "request.headers['Idempotency-Key']",
        "if 'Idempotency-Key' in self.request.headers: pass",
        "request.META.get('Idempotency-Key', '')",
        "request.COOKIES['Idempotency-Key']",
    ],
)
def test_a_header_that_is_read_is_seen(code):
    assert inventory.headers_in(ast.parse(code)) == {"Idempotency-Key"}


def test_who_hands_out_files_and_streams_is_seen():
    code = "def feed(request):\n    return FileResponse(open('x'))"
    assert inventory.names_in(ast.parse(code), inventory.SENDING) == {"feed"}
    code = "class Live(AsyncWebsocketConsumer): ...\ndef live(r): return StreamingHttpResponse(r)"
    assert inventory.names_in(ast.parse(code), inventory.LIVE) == {"Live", "live"}
