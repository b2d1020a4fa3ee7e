"""How well the passages that answer a question are found, beside other ways to look for them.

    python -m benchmarks.retrieval [--data DIR] [--out DIR] [--most N]

Reads `*_questions_*.jsonl` and `*_passages.jsonl`, makes a document of each article and an office
of each site, and asks the product's own retrieval in PostgreSQL. Beside it: BM25 by bm25s (the
`bench` extra; left out without it) and PostgreSQL's full text, over the same passages. With a
folder as `--out`, what ours finds stands there in the scorer's format. CPU is that of this process
and that of PostgreSQL's, side by side.
"""

import logging
from collections.abc import Callable
from math import log2
from pathlib import Path
from statistics import fmean, median
from time import perf_counter, process_time
from typing import Any

from benchmarks.database import own_database
from benchmarks.library import Corpus, Library, Record, corpora
from benchmarks.processor import backend, cpu_of
from benchmarks.report import Report, Row, arguments
from benchmarks.servers import servers, set_up

QUICK = ["--most", "20"]
DEPTH, TOP = 30, 10
OURS = "ours"
FULL_TEXT = """
    SELECT r.document_id, c.page FROM documents_chunk c JOIN documents_revision r
        ON r.id = c.revision_id, to_tsquery('english', %s) q
    WHERE to_tsvector('english', c.text) @@ q
    ORDER BY ts_rank_cd(to_tsvector('english', c.text), q, 1) DESC, c.id LIMIT %s"""
Way = Callable[[Record], list[str]]


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--data", type=Path, help="a folder with files in that format")
    parser.add_argument("--most", type=int, help="at most so many questions of each file")
    chosen = parser.parse_args()
    found = corpora(chosen.data, chosen.most)
    with servers(), own_database("retrieval"):
        set_up()
        report = Report(chosen)
        for corpus in found:
            measure(report, corpus)
        report.finish()


def measure(report: Report, corpus: Corpus) -> None:
    """Print how each way does on one corpus."""
    library = Library(corpus)
    rows: list[Row] = []
    for name, way in ways(corpus, library).items():
        ranked, row = run(way, corpus)
        rows.append({"way": name, **row})
        if name == OURS:
            report.run(f"{corpus.name}.jsonl", ranked)
    title = f"{corpus.name}: {len(corpus.questions)} questions, {len(corpus.passages)} passages"
    report.table(title, rows)


def run(way: Way, corpus: Corpus) -> tuple[list[Row], Row]:
    """Ask everything; return what was found and how good that is."""
    from tenants.context import public_context

    ranked: list[dict[str, Any]] = []
    with public_context():
        server = backend()
    cpu, others = process_time(), cpu_of(server)
    for question in corpus.questions:
        start = perf_counter()
        pids = way(question)
        ranked.append({"id": question["id"], "ranked": pids, "ms": (perf_counter() - start) * 1000})
    each = (process_time() - cpu) * 1000 / len(corpus.questions)
    database = (cpu_of(server) - others) * 1000 / len(corpus.questions)
    pairs = [(set(q["relevant"]), row["ranked"])
             for q, row in zip(corpus.questions, ranked, strict=True) if q["relevant"]]  # fmt: skip
    sites = {p["pid"]: corpus.office_of(p) for p in corpus.passages}
    leaks = sum(any(sites[pid] != corpus.office_of(q) for pid in row["ranked"])
                for q, row in zip(corpus.questions, ranked, strict=True))  # fmt: skip
    return ranked, {
        "recall@5": fmean(len(rel & set(pids[:5])) / len(rel) for rel, pids in pairs),
        "hit@5": fmean(bool(rel & set(pids[:5])) for rel, pids in pairs),
        "nDCG@10": fmean(ndcg(rel, pids) for rel, pids in pairs),
        "leaks": leaks,
        "ms": median(row["ms"] for row in ranked),
        "CPU ms": each,
        "CPU ms of PostgreSQL": database,
    }


def ndcg(relevant: set[str], ranked: list[str]) -> float:
    """Return the discounted gain of the first ten as a share of the best possible."""
    gain = sum(1 / log2(n + 2) for n, pid in enumerate(ranked[:TOP]) if pid in relevant)
    return gain / sum(1 / log2(n + 2) for n in range(min(TOP, len(relevant))))


def ways(corpus: Corpus, library: Library) -> dict[str, Way]:
    """Return every way that can be tried here."""
    found: dict[str, Way] = {
        OURS: lambda question: ours(library, corpus, question),
        "PostgreSQL full text": lambda question: full_text(library, corpus, question),
    }
    if other := by_bm25s(corpus):
        found["bm25s"] = other
    return found


def ours(library: Library, corpus: Corpus, question: Record) -> list[str]:
    """Ask the product."""
    from documents.index.retrieval import passages_for
    from tenants.context import tenant_transaction

    office = library.of(corpus.office_of(question))
    with tenant_transaction(office.tenant):
        found = passages_for(question["question"], by=office.admin, limit=DEPTH).passages
    pids = (office.pid_of(each.document_id, each.page) for each in found)
    return list(dict.fromkeys(pids))[:TOP]


def full_text(library: Library, corpus: Corpus, question: Record) -> list[str]:
    """Ask PostgreSQL for passages with any of the words, ranked by cover density."""
    from django.db import connection

    from documents.language.words import words_of
    from tenants.context import tenant_transaction

    office = library.of(corpus.office_of(question))
    words = [word.replace("'", "") for word in words_of(question["question"])]
    with tenant_transaction(office.tenant), connection.cursor() as cursor:
        cursor.execute(FULL_TEXT, [" | ".join(words), DEPTH])
        rows = cursor.fetchall()
    return list(dict.fromkeys(office.pid_of(*row) for row in rows))[:TOP]


def by_bm25s(corpus: Corpus) -> Way | None:
    """Return the library's BM25 with Snowball's stems, or None where it is not installed."""
    try:
        import bm25s
    except ImportError:
        return None
    from documents.language.stems import terms_of

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    indexes = {}
    for name in {corpus.office_of(passage) for passage in corpus.passages}:
        passages = [p for p in corpus.passages if corpus.office_of(p) == name]
        index = bm25s.BM25(k1=1.2, b=0.75)
        index.index([terms_of(p["text"]) for p in passages], show_progress=False)
        indexes[name] = (index, [p["pid"] for p in passages])

    def way(question: Record) -> list[str]:
        index, pids = indexes[corpus.office_of(question)]
        terms = terms_of(question["question"]) or ["nothing"]
        found, _scores = index.retrieve([terms], k=min(TOP, len(pids)), show_progress=False)
        return [pids[number] for number in found[0]]

    return way


if __name__ == "__main__":
    main()
