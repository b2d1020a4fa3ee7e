"""Training the linear models behind answers: which sentence it is, and whether there is one.

The first by the likelihood of a right sentence among those of a question (a softmax over them,
Adam), the second by logistic regression (Newton); both with numpy alone.
"""

import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.asking import ABSENT, AS_IT_IS, contains
from benchmarks.report import Report

FOLDS, ROUNDS, RATE = 5, 300, 0.05
# Answers of sites are marked incompletely: they count for less.
LESS, HALF = 0.2, 0.5
# From which chance on an answer might be given; the product's own is one of them.
LEVELS = (0.2, 0.3, 0.4, 0.5)


class Sample:
    """A question with the features of each sentence, and which of these are right."""

    def __init__(self, setting: Any, kind: str) -> None:
        from documents.answers.evidence import Asked

        found, _answered = setting.ask()
        question = setting.question
        self.question, self.kind = question, kind
        self.is_site = "site" in question
        self.asked = Asked(question["question"], found)
        self.sentences = self.asked.sentences()
        self.features = np.array([each.features for each in self.sentences])
        pids = [setting.office.pid_of(p.document_id, p.page) for p in found.passages]
        self.right = np.array([
            kind == AS_IT_IS and pids[each.passage] in question["relevant"]
            and contains(question, each.text)
            for each in self.sentences
        ])  # fmt: skip
        group = question.get("title") or question["site"]
        self.fold = zlib.crc32(group.encode()) % FOLDS

    @property
    def has_answer(self) -> bool:
        """Whether the office says it."""
        return self.kind == AS_IT_IS and self.question.get("answerable", True)

    def for_chance(self, model: np.ndarray) -> list[float]:
        """Return what speaks for an answer, with the sentences as this model orders them."""
        scores = self.features @ model[:-1] + model[-1]
        for sentence, score in zip(self.sentences, scores, strict=True):
            sentence.score = float(score)
        ordered = sorted(self.sentences, key=lambda each: (-each.score, each.passage, each.place))
        return self.asked.features(ordered)


def train(report: Report, sets: Sequence[tuple[str, str, Sequence[Any]]]) -> None:
    """Train on everything, write the product's models, and print how those of folds do."""
    from documents.answers import weights
    from documents.answers.answering import SURE

    samples = [Sample(setting, kind) for _name, kind, settings in sets for setting in settings]
    # Nobody knows the answer to what only seems to be answered.
    samples = [each for each in samples if each.sentences and (each.has_answer or each.kind)]
    told = [_judged(samples, fold) for fold in range(FOLDS)]
    names = list(dict.fromkeys(name for one in told for name in one))
    rows = [{"trained on the rest": name,
             **_shares([row for one in told for row in one.get(name, [])])}
            for name in names]  # fmt: skip
    report.table(f"{FOLDS} folds, answered from a chance on; given from {SURE} on", rows)
    sentence = _sentence_model(samples)
    found = {"sentence": sentence, **_chance_models(samples, sentence)}
    text = {name: [float(f"{value:.4g}") for value in values] for name, values in found.items()}
    lines = [f'"{name}": {json.dumps(values)}' for name, values in text.items()]
    weights.FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    weights.weights.cache_clear()


def _shares(rows: Sequence[Sequence[bool]]) -> dict[str, float]:
    """Return the share of what is right at each level."""
    shares = np.mean(np.array(rows, dtype=float), axis=0)
    return {f"from {level}": float(share) for level, share in zip(LEVELS, shares, strict=True)}


def _judged(samples: Sequence[Sample], fold: int) -> dict[str, list[list[bool]]]:
    """Train on other articles and sites, and return how each question of this fold fares."""
    from documents.answers.evidence import without_vectors

    model = _sentence_model([each for each in samples if each.fold != fold])
    chances = _chance_models([each for each in samples if each.fold != fold], model)
    told: dict[str, list[list[bool]]] = {}
    for sample in samples:
        if sample.fold != fold:
            continue
        where = "sites" if sample.is_site else "articles"
        values = sample.for_chance(model)
        for name, chance in chances.items():
            given = values if name == "chance_with_vectors" else without_vectors(values)
            score = float(np.dot(given, chance[:-1]) + chance[-1])
            given_from = 1 / (1 + np.exp(-score))
            what = "answered" if sample.has_answer else "refused"
            key = f"{where} {sample.kind}: {what}, {name}"
            told.setdefault(key, []).append(
                [(given_from >= level) == sample.has_answer for level in LEVELS]
            )
        if sample.has_answer:
            best = np.argsort(-(sample.features @ model[:-1]), kind="stable")[:2]
            text = " ".join(sample.sentences[n].text for n in sorted(best))
            key = f"{where}: answer within two sentences"
            told.setdefault(key, []).append([contains(sample.question, text)] * len(LEVELS))
    return told


def _sentence_model(samples: Sequence[Sample]) -> np.ndarray:
    """Return weights that make a right sentence likely among those of its question; bias last."""
    known = [each for each in samples if each.right.any()]
    features = np.concatenate([each.features for each in known])
    mean, spread = features.mean(0), features.std(0) + 1e-9
    standard = (features - mean) / spread
    sizes = [len(each.right) for each in known]
    starts = np.cumsum([0, *sizes])[:-1]
    right = np.concatenate([each.right for each in known]).astype(float)
    counts = np.repeat([LESS if each.is_site else 1.0 for each in known], sizes)
    weights = np.zeros(standard.shape[1])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, ROUNDS + 1):
        powers = np.exp(np.clip(standard @ weights, -30, 30))
        all_of = np.repeat(np.add.reduceat(powers, starts), sizes)
        right_of = np.repeat(np.add.reduceat(powers * right, starts), sizes)
        slope = standard.T @ (counts * (powers / all_of - powers * right / right_of))
        slope = (slope + weights) / counts[starts].sum()
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        weights -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    plain = weights / spread
    return np.append(plain, -(plain @ mean))


def _chance_models(samples: Sequence[Sample], sentence: np.ndarray) -> dict[str, np.ndarray]:
    from documents.answers.evidence import without_vectors

    rows = [each.for_chance(sentence) for each in samples]
    answers = np.array([each.has_answer for each in samples], dtype=float)
    counts = np.array([
        HALF if each.is_site or each.kind not in {AS_IT_IS, ABSENT} else 1.0 for each in samples
    ])  # fmt: skip
    return {
        "chance_with_vectors": _logistic(np.array(rows), answers, counts),
        "chance_by_words": _logistic(
            np.array([without_vectors(row) for row in rows]), answers, counts
        ),
    }


def _logistic(features: np.ndarray, answers: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the weights by Newton's method, with a slight pull to nothing; bias last."""
    mean, spread = features.mean(0), features.std(0) + 1e-9
    standard = np.c_[(features - mean) / spread, np.ones(len(features))]
    pull = np.eye(standard.shape[1])
    pull[-1, -1] = 0
    weights = np.zeros(standard.shape[1])
    for _step in range(30):
        chances = 1 / (1 + np.exp(-np.clip(standard @ weights, -30, 30)))
        slope = standard.T @ (counts * (chances - answers)) + pull @ weights
        curve = (standard * (counts * chances * (1 - chances))[:, None]).T @ standard + pull
        weights -= np.linalg.solve(curve, slope)
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ mean)
