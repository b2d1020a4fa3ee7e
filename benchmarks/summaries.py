"""How much of what people wrote about a meeting our summary says, beside simple ways.

    python -m benchmarks.summaries [--data DIR] [--out DIR] [--most N]

Reads `qmsum_notes_*.jsonl` (id, turns, summary), makes a note of each and has the product summarise
it. ROUGE-1, -2 and -L (F1, no stemming, cut after 80 words) as the scorer beside the data computes
them, for ours, for the first sentences, and for TextRank (Mihalcea and Tarau 2004); CPU ms for each
note. With a folder as `--out` our summaries stand there in the scorer's format.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import log
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Any

from benchmarks.data import shared_files
from benchmarks.report import Report, Row, arguments
from documents.language.words import telling, words_of
from notes.language.speech import as_written
from notes.language.summary import summary_of
from notes.language.transcript import sentences_in

QUICK = ["--most", "12"]
FILES = "qmsum_notes_*.jsonl"
CUT = 80
DAMPING, ROUNDS = 0.85, 30
Way = Callable[[str], str]


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--data", type=Path, help="a folder with qmsum_notes_*.jsonl")
    parser.add_argument("--most", type=int, help="at most so many notes")
    chosen = parser.parse_args()
    report = Report(chosen)
    for path in map(Path, shared_files("meetings", FILES, chosen.data)):
        lines = path.read_text(encoding="utf-8").splitlines()
        notes = [json.loads(line) for line in lines][: chosen.most]
        rows = []
        for name, way in WAYS.items():
            said, row = measure(way, notes)
            rows.append({"way": name, **row})
            if name == OURS:
                report.run(path.name, said)
        report.table(f"{path.name}: {len(notes)} notes", rows)
    report.finish()


def measure(way: Way, notes: list[dict[str, Any]]) -> tuple[list[Row], Row]:
    """Return the summaries, and how good they are."""
    start = process_time()
    said = [{"id": note["id"], "summary": way(body_of(note))} for note in notes]
    milliseconds = (process_time() - start) * 1000 / len(notes)
    pairs = [(note["summary"], row["summary"])
             for note, row in zip(notes, said, strict=True) if note.get("summary")]  # fmt: skip
    found = [rouge(gold, text) for gold, text in pairs]
    names = ("ROUGE-1", "ROUGE-2", "ROUGE-L")
    scores = {name: 100 * fmean(row[n] for row in found) for n, name in enumerate(names) if found}
    return said, {**scores, "CPU ms each": milliseconds}


def body_of(note: dict[str, Any]) -> str:
    """Return the minutes as people paste them: a line for each turn."""
    return "\n".join(f"{speaker}: {text}" for speaker, text in note["turns"])


# --- Ways


def ours(body: str) -> str:
    """Summarise as the product does."""
    return " ".join(each.text for each in summary_of(body))


def first(body: str) -> str:
    """Return the first words."""
    return " ".join(as_written(sentence.text) for sentence in sentences_in(body))


def textrank(body: str) -> str:
    """Rank sentences by the words that they share with others."""
    texts = [as_written(sentence.text) for sentence in sentences_in(body)]
    sets = [frozenset(telling(words_of(text))) for text in texts]
    links = [[_alike(a, b) if a is not b else 0.0 for b in sets] for a in sets]
    sums = [sum(row) or 1.0 for row in links]
    ranks = [1.0] * len(texts)
    for _round in range(ROUNDS):
        shares = [rank / total for rank, total in zip(ranks, sums, strict=True)]
        ranks = [
            1
            - DAMPING
            + DAMPING * sum(link * share for link, share in zip(row, shares, strict=True))
            for row in links
        ]
    best = sorted(range(len(texts)), key=lambda n: -ranks[n])
    return " ".join(texts[n] for n in sorted(_until_long(best, texts)))


def _until_long(order: list[int], texts: list[str]) -> Iterator[int]:
    words = 0
    for number in order:
        if words < CUT:
            yield number
        words += len(texts[number].split())


def _product(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    # The logarithm of one is nothing.
    if min(len(one), len(other)) <= 1:
        return 0.0
    return len(one & other) / (log(len(one)) + log(len(other)))


OURS = "ours"
WAYS: dict[str, Way] = {OURS: ours, "first words": first, "TextRank": textrank}


# --- ROUGE (Lin 2004)


def rouge(gold: str, text: str) -> list[float]:
    """Return F1 of single words, of pairs, and of the longest common subsequence."""
    wanted, got = tokens(gold), tokens(" ".join(text.split()[:CUT]))
    pairs = Counter(pairwise(wanted)), Counter(pairwise(got))
    singles = Counter(wanted), Counter(got)
    overlaps = [sum((a & b).values()) for a, b in (singles, pairs)]
    return [
        f1(overlaps[0], len(wanted), len(got)),
        f1(overlaps[1], len(wanted) - 1, len(got) - 1),
        f1(longest_common(wanted, got), len(wanted), len(got)),
    ]


def tokens(text: str) -> list[str]:
    """Return what is compared."""
    return re.findall(r"[a-z0-9]+", text.lower())


def f1(overlap: int, wanted: int, got: int) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * overlap / (wanted + got) if overlap else 0.0


def longest_common(one: list[str], other: list[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for place, match in enumerate(other, 1):
            before, row[place] = (
                row[place],
                before + 1 if word == match else max(row[place], row[place - 1]),
            )
    return row[-1]


if __name__ == "__main__":
    main()
