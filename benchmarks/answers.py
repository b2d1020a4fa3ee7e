"""How often the answer to a question is quoted, and how often we say that there is none.

    python -m benchmarks.answers [--data DIR] [--out DIR] [--most N] [--write]

The product's own answers over the files that `benchmarks.retrieval` reads: each question in its
office; each answerable one of a file with articles again while its own article is left out
(`absent`), and once more in an office of the other file (`off topic`): there the only right answer
is that nothing says it. Beside it two ways that always answer, with two sentences as well: the
first ones of the best passage by BM25, and those of the five passages in which most of the
question's words stand, by how rare they are. With a folder as `--out`, the answers stand there in
the scorer's format.

`--write` trains the two linear models of the product anew on these files and prints how models that
are trained on other articles and sites do (five folds); it needs a quarter of an hour.
"""

from collections.abc import Iterable
from pathlib import Path
from statistics import fmean, median
from time import perf_counter, process_time
from typing import Any

from benchmarks.asking import Setting, all_settings, contains
from benchmarks.database import own_database
from benchmarks.library import Library, Office, Record, corpora
from benchmarks.report import Report, Row, arguments
from benchmarks.servers import servers, set_up
from benchmarks.training import train

QUICK = ["--most", "20"]


def main() -> None:
    """Measure and print; train first where that is wanted."""
    parser = arguments(__doc__)
    parser.add_argument("--data", type=Path, help="a folder with files in that format")
    parser.add_argument("--most", type=int, help="at most so many questions of each file")
    parser.add_argument("--write", action="store_true", help="train the product's models anew")
    chosen = parser.parse_args()
    found = corpora(chosen.data, chosen.most)
    with servers(), own_database("answers"):
        set_up()
        report = Report(chosen)
        libraries = {corpus.name: Library(corpus) for corpus in found}
        sets = list(all_settings(found, libraries))
        if chosen.write:
            train(report, [(name, kind, list(made)) for name, kind, made in sets])
            sets = list(all_settings(found, libraries))
        report.table("answers", [row for each in sets for row in measure(report, *each)])
        report.finish()


def measure(report: Report, name: str, kind: str, settings: Iterable[Setting]) -> list[Row]:
    """Ask all of them; return how good the answers are, and those of the simple ways."""
    said: list[dict[str, Any]] = []
    others: dict[str, list[bool]] = {way: [] for way in SIMPLE}
    cpu = process_time()
    for setting in settings:
        start = perf_counter()
        found, answered = setting.ask()
        office = setting.office
        if not kind and setting.question["answers"]:
            for way, simple in SIMPLE.items():
                others[way].append(contains(setting.question, simple(found)))
        said.append({
            "id": setting.question["id"],
            "ranked": pids(office, found.passages),
            "answer": answered.answer if answered.grounded else "",
            "found": answered.grounded,
            "sources": pids(office, answered.sources) if answered.grounded else [],
            "score": answered.confidence,
            "ms": (perf_counter() - start) * 1000,
        })  # fmt: skip
    each = (process_time() - cpu) * 1000 / max(len(said), 1)
    report.run(f"{' '.join(filter(None, (name, kind)))}.jsonl".replace(" ", "-"), said)
    pairs = [(setting.question, row) for setting, row in zip(settings, said, strict=True)]
    asked = f"{name} {kind}".strip()
    rows: list[Row] = [{
        "asked": asked,
        "way": "ours",
        "questions": len(said),
        **(refusals(pairs) if kind else answers(pairs)),
        "ms": median(row["ms"] for row in said),
        "CPU ms": each,
    }]  # fmt: skip
    simple_rows = [
        {**dict.fromkeys(rows[0], ""), "asked": asked, "way": way, "answered": 1,
         "answer in it": fmean(row), "questions": len(row)}
        for way, row in others.items() if row
    ]  # fmt: skip
    return rows + simple_rows


def first_sentences(found: Any) -> str:
    """Return the first two sentences of the best passage by BM25."""
    from documents.language.sentences import sentences_of

    best = max(found.passages, key=lambda passage: passage.bm25, default=None)
    return " ".join(sentences_of(best.text)[:2]) if best else ""


def most_words(found: Any) -> str:
    """Return the two sentences with most of the question's words, by how rare these are."""
    from documents.language.sentences import sentences_of
    from documents.language.stems import terms_of

    asked = set(found.words.terms)
    sentences = [each for passage in found.passages for each in sentences_of(passage.text)]
    weights = [sum(map(found.words.weight, asked & set(terms_of(each)))) for each in sentences]
    best = sorted(range(len(sentences)), key=lambda n: -weights[n])[:2]
    return " ".join(sentences[n] for n in sorted(best))


SIMPLE = {"first sentences by BM25": first_sentences, "most words": most_words}


def pids(office: Office, places: Iterable[Any]) -> list[str]:
    """Return the passages where these stand, each once."""
    return list(dict.fromkeys(office.pid_of(each.document_id, each.page) for each in places))


def answers(pairs: list[tuple[Record, Row]]) -> Row:
    """Return how questions fare that have an answer, and those that seem to."""
    can = [pair for pair in pairs if pair[0].get("answerable", True) and pair[0]["answers"]]
    cannot = [row for question, row in pairs if not question.get("answerable", True)]
    return {
        "answered": fmean(row["found"] for _question, row in can),
        "answer in it": fmean(contains(question, row["answer"]) for question, row in can),
        "cited": fmean(bool(set(q["relevant"]) & set(row["sources"][:3])) for q, row in can),
        "words": fmean(len(row["answer"].split()) for _question, row in can),
        "refused": fmean(not row["found"] for row in cannot) if cannot else "",
    }


def refusals(pairs: list[tuple[Record, Row]]) -> Row:
    """Return how often it was said that nothing says it."""
    refused = fmean(not row["found"] for _question, row in pairs)
    return {"answered": "", "answer in it": "", "cited": "", "words": "", "refused": refused}


if __name__ == "__main__":
    main()
