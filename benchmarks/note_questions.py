"""How often the passages found in the minutes of a meeting hold the answer to a question.

    python -m benchmarks.note_questions [--data DIR] [--out DIR] [--most N]

Reads `qmsum_qa_*.jsonl` (question, spans of turns) with its `qmsum_meetings_*.jsonl`, takes each
meeting as a note with a line for each turn, and has the product look for the five best passages. A
passage is right if it overlaps a span; one of 40 turns and more is not. Beside it: the same with
the dense vectors of the product added (`--vectors`, slow: they are made for each note), bm25s (the
`bench` extra), and the first passages. With a folder as `--out` ours stands there in the scorer's
format.
"""

import json
import logging
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Any
from uuid import UUID

from benchmarks.data import shared_files
from benchmarks.database import own_database
from benchmarks.report import Report, Row, arguments
from benchmarks.servers import servers, set_up

QUICK = ["--most", "10"]
FILES = "qmsum_qa_*.jsonl"
OURS, TOP, LONGEST = "ours", 5, 40
Span = tuple[int, int]
Way = Callable[["Meeting", str], list[int]]


class Meeting:
    """The minutes of a meeting as passages, and the turns that each of these holds."""

    def __init__(self, turns: list[list[str]]) -> None:
        from notes.answers import pieces_of_note

        lines = [" ".join(f"{speaker}: {text}".split()) for speaker, text in turns]
        self.pieces = pieces_of_note("\n".join(lines))
        ends = list(accumulate(len(line.split()) for line in lines))
        starts = accumulate((len(piece.text.split()) for piece in self.pieces), initial=0)
        self.spans = [
            (bisect_right(ends, start), bisect_right(ends, start + len(piece.text.split()) - 1))
            for start, piece in zip(starts, self.pieces, strict=False)
        ]


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--data", type=Path, help="a folder with files in that format")
    parser.add_argument("--most", type=int, help="at most so many questions")
    parser.add_argument("--vectors", action="store_true", help="also with dense vectors")
    chosen = parser.parse_args()
    files = shared_files("meetings", FILES, chosen.data)
    with servers(), own_database("notes"):
        set_up()
        report = Report(chosen)
        for path in map(Path, files):
            measure(report, path, chosen.most, with_vectors=chosen.vectors)
        report.finish()


def measure(report: Report, path: Path, most: int | None, *, with_vectors: bool) -> None:
    """Print how each way does on one file."""
    questions = _records(path)[:most]
    [other] = path.parent.glob(path.name.replace("_qa_", "_meetings_"))
    wanted = {question["meeting"] for question in questions}
    meetings = {row["id"]: Meeting(row["turns"]) for row in _records(other) if row["id"] in wanted}
    rows: list[Row] = []
    for name, way in ways(with_vectors=with_vectors).items():
        start = process_time()
        found = []
        for question in questions:
            meeting = meetings[question["meeting"]]
            places = way(meeting, question["question"])[:TOP]
            found.append({"id": question["id"], "spans": [meeting.spans[n] for n in places]})
        each = (process_time() - start) * 1000 / len(questions)
        right = [[is_right(span, question["spans"]) for span in row["spans"]]
                 for question, row in zip(questions, found, strict=True)]  # fmt: skip
        rows.append({
            "way": name,
            "hit@1": fmean(any(row[:1]) for row in right),
            "hit@5": fmean(any(row) for row in right),
            "CPU ms": each,
        })  # fmt: skip
        if name == OURS:
            report.run(path.name, found)
    report.table(f"{path.name}: {len(questions)} questions, {len(meetings)} meetings", rows)


def is_right(span: Span, gold: Sequence[Sequence[int]]) -> bool:
    """Tell whether a span of turns is short enough and overlaps one where the answer stands."""
    first, last = span
    return last - first < LONGEST and any(first <= end and start <= last for start, end in gold)


def ways(*, with_vectors: bool) -> dict[str, Way]:
    """Return every way that can be tried here."""
    found: dict[str, Way] = {OURS: ours, "first passages": lambda _meeting, _question: [*range(5)]}
    if other := by_bm25s():
        found["bm25s"] = other
    if with_vectors:
        found["ours with vectors"] = Dense()
    return found


def ours(meeting: Meeting, question: str) -> list[int]:
    """Ask the product."""
    from documents.index.texts import passages_in

    found = passages_in(question, meeting.pieces, title="", note_id=UUID(int=0), limit=TOP)
    return [passage.chunk for passage in found.passages]


class Dense:
    """Ours and vectors, put together as for documents; those of a meeting are made once."""

    def __init__(self) -> None:
        from documents.index.embedding import embedder

        self.model: Any = embedder()
        self.known: dict[int, Any] = {}

    def __call__(self, meeting: Meeting, question: str) -> list[int]:
        """Return the best passages."""
        from documents.index.retrieval import BY_MEANING, BY_WORDS
        from documents.index.texts import passages_in

        if id(meeting) not in self.known:
            self.known[id(meeting)] = self.model.vectors([each.text for each in meeting.pieces])
        cosines = self.known[id(meeting)] @ self.model.vectors([question])[0]
        size = len(meeting.pieces)
        found = passages_in(question, meeting.pieces, title="", note_id=UUID(int=0), limit=size)
        words = {passage.chunk: passage.score for passage in found.passages}
        scores = [BY_MEANING * cosine / cosines.max() + BY_WORDS * words.get(n, 0.0)
                  for n, cosine in enumerate(cosines)]  # fmt: skip
        return sorted(range(size), key=lambda n: -scores[n])


def by_bm25s() -> Way | None:
    """Return the library's BM25 with Snowball's stems, or None where it is not installed."""
    try:
        import bm25s
    except ImportError:
        return None
    from documents.language.stems import terms_of

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    indexes: dict[int, Any] = {}

    def way(meeting: Meeting, question: str) -> list[int]:
        if id(meeting) not in indexes:
            indexes[id(meeting)] = bm25s.BM25(k1=1.2, b=0.75)
            terms = [terms_of(piece.text) for piece in meeting.pieces]
            indexes[id(meeting)].index(terms, show_progress=False)
        count = min(TOP, len(meeting.pieces))
        asked = [terms_of(question) or ["nothing"]]
        found, _scores = indexes[id(meeting)].retrieve(asked, k=count, show_progress=False)
        return [int(number) for number in found[0]]

    return way


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
