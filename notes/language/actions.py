"""Sentences that ask for work or promise it.

A linear model over words, pairs and triples, as data: `python -m benchmarks.actions --write` makes
it from sentences of e-mails that people marked. What says by itself that it is an action item
(TODO, “Action:”, an open box) needs no model.
"""

import gzip
import json
import re
from functools import cache
from math import exp, sqrt
from pathlib import Path
from typing import Any

MODEL = Path(__file__).with_name("data") / "actions.json.gz"
TOKEN = re.compile(r"\$?[a-z]+(?:'[a-z]+)?|\d+|[?!.:,]")
MARKED = re.compile(
    r"\s*(?:[-*+•]\s*)?(?:\[ \]|(?:todo|to-do|action(?: item)?|ai|task)\s*[:\-–])\s*",
    re.IGNORECASE,
)
DONE = re.compile(r"\s*(?:[-*+•]\s*)?\[[xX]\]")
GRAMS, PLACES = (1, 2, 3), 4
LENGTH_STEP, LENGTH_STEPS = 5, 6


def is_marked(line: str) -> bool:
    """Tell whether the writer says that it is one, and that it is open."""
    return bool(MARKED.match(line)) and not DONE.match(line)


def unmarked(text: str) -> str:
    """Return what is to be done, without the mark."""
    return MARKED.sub("", text, count=1).strip()


def chance_of_action(sentence: str) -> float:
    """Return how probable it is that the sentence asks for work or promises it, from 0 to 1."""
    weights = _model()
    found = [weights[name] for name in features_of(sentence) if name in weights]
    score: float = weights[""] + sum(found) / sqrt(max(len(found), 1))
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))


def features_of(sentence: str) -> set[str]:
    """Return what the model looks at."""
    tokens = TOKEN.findall(sentence.lower().replace("’", "'"))
    tokens = ["<n>" if token.isdigit() else token for token in tokens]
    words = ["<s>", *tokens, "</s>"]
    found = {" ".join(words[n : n + size]) for size in GRAMS for n in range(len(words) - size + 1)}
    found |= {f"@{place} {word}" for place, word in enumerate(words[:PLACES]) if place}
    found.add(f"length {min(len(tokens) // LENGTH_STEP, LENGTH_STEPS)}")
    return found | ({"asks"} if sentence.rstrip().endswith("?") else set())


@cache
def _model() -> dict[str, Any]:
    """Return the weights; that of nothing is the bias."""
    with gzip.open(MODEL, "rt", encoding="utf-8") as file:
        weights: dict[str, Any] = json.load(file)
    return weights
