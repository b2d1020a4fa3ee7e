"""How well sentences that ask for work or promise it are told from others.

    python -m benchmarks.actions [--data DIR] [--out DIR] [--write]

Reads `enron_actions_*.jsonl` (id, text, action). By five-fold cross-validation for a model that is
trained by the same code, beside one that looks for a few words; then the model that the product
ships, on the same sentences, which it knows. With a folder as `--out`, what it says of each file
stands there in the scorer's format; `--write` trains the product's model anew.
"""

import gzip
import json
import random
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from math import exp, sqrt
from pathlib import Path
from typing import Any

from benchmarks.clock import timed
from benchmarks.data import shared_files
from benchmarks.report import Report, Row, arguments
from notes.language.actions import MODEL, chance_of_action, features_of

QUICK = ["--folds", "2", "--epochs", "2"]
FILES = "enron_actions_*.jsonl"
WORDS = ("please", "can you", "could you", "would you", "let me know", "i will", "need to", "?")
RATE, DECAY, RAREST, SMALLEST = 0.5, 1e-4, 2, 0.01
NOTE = "ms each"
Model = dict[str, float]


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = arguments(__doc__)
    parser.add_argument("--data", type=Path, help="a folder with enron_actions_*.jsonl")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--write", action="store_true", help="train the product's model anew")
    chosen = parser.parse_args()
    report = Report(chosen)
    for path in map(Path, shared_files("meetings", FILES, chosen.data)):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if chosen.write:
            ship(train(rows, epochs=chosen.epochs))
        measure(report, path.name, rows, chosen)
    report.finish()


def measure(report: Report, name: str, rows: list[dict[str, Any]], chosen: Namespace) -> None:
    """Print how well each way tells them apart."""
    gold = [bool(row["action"]) for row in rows]
    guessed: list[bool] = [False] * len(rows)
    order = list(range(len(rows)))
    random.Random(1).shuffle(order)
    for fold in range(chosen.folds):
        test = set(order[fold :: chosen.folds])
        model = train([rows[n] for n in order if n not in test], epochs=chosen.epochs)
        for n in test:
            guessed[n] = chance(model, features_of(rows[n]["text"])) > 1 / 2
    shipped: list[bool] = []
    seconds = timed(lambda: shipped.extend(chance_of_action(row["text"]) > 1 / 2 for row in rows))
    few = [any(word in row["text"].lower() for word in WORDS) for row in rows]
    table = [
        {"way": f"trained on the rest, {chosen.folds} folds", **scores(gold, guessed), NOTE: ""},
        {"way": "shipped", **scores(gold, shipped), NOTE: seconds * 1000 / len(rows)},
        {"way": "a few words", **scores(gold, few), NOTE: ""},
    ]
    report.table(f"{name}: {len(rows)} sentences", table)
    said = zip(rows, shipped, strict=True)
    report.run(name, [{"id": row["id"], "action": yes} for row, yes in said])


def scores(gold: Sequence[bool], guessed: Sequence[bool]) -> Row:
    """Return precision, recall and F1."""
    pairs = Counter(zip(gold, guessed, strict=True))
    hit, wrong, missed = pairs[True, True], pairs[False, True], pairs[True, False]
    return {
        "precision": hit / max(hit + wrong, 1),
        "recall": hit / max(hit + missed, 1),
        "F1": 2 * hit / max(2 * hit + wrong + missed, 1),
    }


# --- Training: logistic regression by AdaGrad (Duchi, Hazan, Singer 2011)


def train(rows: list[dict[str, Any]], *, epochs: int) -> Model:
    """Return the weights; that of nothing is the bias."""
    found = [(features_of(row["text"]), float(row["action"])) for row in rows]
    counts = Counter(name for names, _yes in found for name in names)
    known = {name for name, times in counts.items() if times >= RAREST}
    samples = [(sorted(names & known), yes) for names, yes in found]
    weights: Model = {"": 0.0, **dict.fromkeys(sorted(known), 0.0)}
    steps = dict.fromkeys(weights, 1e-8)
    chooser = random.Random(0)
    for _epoch in range(epochs):
        chooser.shuffle(samples)
        for names, yes in samples:
            _learn(weights, steps, names, yes)
    return weights


def _learn(weights: Model, steps: Model, names: list[str], yes: float) -> None:
    scale = 1 / sqrt(max(len(names), 1))
    miss = _squash(weights[""] + scale * sum(weights[name] for name in names)) - yes
    slopes: list[tuple[str, float]] = [("", miss)]
    slopes += [(name, miss * scale + DECAY * weights[name]) for name in names]
    for name, slope in slopes:
        steps[name] += slope * slope
        weights[name] -= RATE * slope / sqrt(steps[name])


def chance(model: Model, names: set[str]) -> float:
    """Return what a model says, as the product computes it."""
    found = [model[name] for name in names if name in model]
    return _squash(model[""] + sum(found) / sqrt(max(len(found), 1)))


def _squash(score: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))


def ship(model: Model) -> None:
    """Write the product's model: rounded, and the same for the same data."""
    kept = {name: round(weight, 3) for name, weight in sorted(model.items())
            if not name or abs(weight) >= SMALLEST}  # fmt: skip
    MODEL.parent.mkdir(exist_ok=True)
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    MODEL.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
