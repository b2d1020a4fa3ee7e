"""What a question costs as documents grow, and how soon a file is found.

    python -m benchmarks.knowledge_speed [--chunks 1000 10000 100000] [--pdf FILE]

In an office of its own each time: chunks of made-up text with the frequencies of words that texts
have (Zipf) and vectors that point anywhere, written by the product; then questions of six words,
from the search to the answer, in milliseconds of this process and of PostgreSQL's, with the matrix
of vectors in memory. Then a PDF of 16 pages: when its words are found and when all vectors are
there, and the memory at the highest. The PDF is that of the shared data where there is one.
"""

import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.data import shared_files
from benchmarks.database import own_database
from benchmarks.library import Office
from benchmarks.processor import backend, cpu_of
from benchmarks.report import Report, Row, arguments
from benchmarks.servers import servers, set_up

QUICK = ["--chunks", "200"]
QUESTIONS, WARM_UP = 30, 3
VOCABULARY, WORDS, DOCUMENT = 30_000, 150, 50
VECTORS = """
    UPDATE documents_chunk c SET model = %s, size = %s, vector = r.vector
    FROM unnest(%s::bigint[], %s::bytea[]) r(id, vector) WHERE c.id = r.id"""


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--chunks", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--pdf", type=Path, help="a file to index")
    chosen = parser.parse_args()
    file = chosen.pdf or Path(shared_files("policy-docs", "*.pdf")[0])
    with servers(), own_database("knowledge"), tempfile.TemporaryDirectory() as folder:
        os.environ["VAR_DIR"] = folder
        set_up()
        report = Report(chosen)
        report.table("one file", [indexing(file)])
        rows = [row for n, size in enumerate(chosen.chunks) for row in questions(n, size)]
        report.table("a question, medians of 30", rows)
        report.finish()


def office_named(slug: str) -> Office:
    """Return a new office."""
    from accounts.services import create_user
    from tenants.context import tenant_transaction
    from tenants.services import open_tenant

    tenant = open_tenant(name=slug, slug=slug)
    with tenant_transaction(tenant):
        admin = create_user(
            email=f"a@{slug}.example", full_name="Ada", password="a long pass phrase", role="admin"
        )
    return Office(tenant, admin)


def indexing(path: Path) -> Row:
    """Return how long it takes until a file is found, and until all of it has vectors."""
    import resource

    from documents.index.embedding import embedder
    from documents.indexing import _claim, _index, embed_all
    from documents.models import Revision
    from documents.services import create_document
    from tenants.context import tenant_context, tenant_transaction
    from tenants.uploads import Upload

    office = office_named("one-file")
    upload = Upload(path.name, [path.read_bytes()])
    start = perf_counter()
    with tenant_transaction(office.tenant):
        document = create_document(upload=upload, by=office.admin)
        revision = document.revisions.get()
    with tenant_context(office.tenant):
        claimed = _claim(revision.pk)
        assert claimed
        assert _index(claimed)
        found = perf_counter() - start
        embedder()
        embed_all(revision.pk, turn=claimed.attempts)
        embedded = perf_counter() - start
    with tenant_transaction(office.tenant):
        facts = Revision.objects.get(pk=revision.pk)
    return {
        "pages": facts.pages,
        "chunks": facts.chunks,
        "found after s": found,
        "embedded after s": embedded,
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def questions(number: int, size: int) -> list[Row]:
    """Return what a question costs with so many chunks, for whoever reads all and half of them."""
    from accounts.services import create_user
    from tenants.context import tenant_transaction

    office = office_named(f"office-{number}")
    with tenant_transaction(office.tenant):
        other = create_user(
            email=f"e@{number}.example", full_name="Eve", password="a long phrase", role="employee"
        )
    write = writer(random.Random(number))
    fill(office, size, write)
    return [
        {"chunks": size, "read": name, **_asked(office, person, write)}
        for name, person in (("all", office.admin), ("half", other))
    ]


def _asked(office: Office, person: Any, write: Callable[[int], str]) -> Row:
    from documents.answers.answering import PASSAGES, answer_from
    from documents.index.retrieval import passages_for
    from tenants.context import tenant_transaction

    times: list[tuple[float, float, float]] = []
    answering = 0.0
    for turn in range(WARM_UP + QUESTIONS):
        text = write(6)
        with tenant_transaction(office.tenant):
            server = backend()
            wall, cpu, other = perf_counter(), process_time(), cpu_of(server)
            found = passages_for(text, by=person, limit=PASSAGES)
            passed = process_time()
            answer_from(text, found)
            if turn >= WARM_UP:
                times.append(((perf_counter() - wall) * 1000, (process_time() - cpu) * 1000,
                              (cpu_of(server) - other) * 1000))  # fmt: skip
                answering += (process_time() - passed) * 1000
    walls, own, servers_ = zip(*times, strict=True)
    return {
        "ms": median(walls),
        "CPU ms here": median(own),
        "of it answering": answering / len(times),
        "CPU ms of PostgreSQL": sum(servers_) / len(servers_),
        "MB": _memory(),
    }


def writer(dice: random.Random) -> Callable[[int], str]:
    """Return what writes texts whose words are as rare as those of real ones."""
    words = [_word(dice) for _ in range(VOCABULARY)]
    weights = [1 / (rank + 10) for rank in range(VOCABULARY)]
    sums, total = [], 0.0
    for weight in weights:
        total += weight
        sums.append(total)
    return lambda length: " ".join(dice.choices(words, cum_weights=sums, k=length))


def _word(dice: random.Random) -> str:
    return "".join(dice.choice("bcdfghklmnprst") + dice.choice("aeiou") for _ in range(3)) + "x"


def fill(office: Office, size: int, write: Callable[[int], str]) -> None:
    """Write documents of fifty chunks each until there are so many, each with a vector."""
    import numpy as np
    from django.db import connection

    from documents.index.chunking import Piece
    from documents.index.embedding import NAME, SIZE, packed
    from documents.indexing import replace_index
    from documents.models import Chunk, Document, Revision
    from tenants.context import tenant_transaction

    dice = np.random.default_rng(0)
    for number in range(max(size // DOCUMENT, 1)):
        with tenant_transaction(office.tenant), connection.cursor() as cursor:
            document = Document.objects.create(
                title=f"Document {number}",
                owner=office.admin,
                visibility=("office", "private")[number % 2],
            )
            revision = Revision.objects.create(
                document=document, number=1, filename="x.txt", format="text", size=1, sha256=""
            )
            pieces = [Piece(write(WORDS)) for _ in range(min(DOCUMENT, size))]
            replace_index(revision.pk, pieces, pages=None)
            rows = Chunk.objects.filter(revision=revision).values_list("pk", flat=True)
            vectors = dice.standard_normal((len(rows), SIZE))
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            cursor.execute(VECTORS, [NAME, SIZE, list(rows), list(map(packed, vectors))])
            Revision.objects.filter(pk=revision.pk).update(embedded=len(rows))
    # As autovacuum does with tables that have grown.
    with connection.cursor() as cursor:
        for table in ("term", "chunk", "revision", "document"):
            cursor.execute(f'VACUUM ANALYZE "{office.tenant.schema_name}".documents_{table}')


def _memory() -> int:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next((int(x.split()[1]) // 1024 for x in lines if x.startswith("VmRSS")), 0)


if __name__ == "__main__":
    main()
