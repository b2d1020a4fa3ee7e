"""How far answers agree with gold: due times, date words, titles, people, rhythms.

The figures are those of the scorer that lies beside the data, with its names and its leniences.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

Record = dict[str, Any]
Figures = dict[str, tuple[float, int]]

_SPEAKER = {"me", "i", "my", "myself", "us", "we", "our", "mine", ""}
_GROUP = {
    *("team", "group", "department", "dept", "staff", "crew", "members", "folks", "people"),
    "guys",
}
_LEAD = re.compile(r"^(?:(?:please|to|about|that|for|of|the|a|an|my|our|i|have|need|need to)\s+)+")
_BARE_IN_SPANS = {"on", "at", "for", "in", "by", "the", "this", "of"}
_DATE = 10  # characters of 2024-05-14
_MINUTE = 16  # characters of 2024-05-14T10:00


def words(text: str | None) -> list[str]:
    """The words and numbers of a text, with am and pm as one word."""
    bare = (text or "").lower().replace("'", "").replace("’", "")
    bare = re.sub(r"\ba\.m\b\.?", "am", bare)
    bare = re.sub(r"\bp\.m\b\.?", "pm", bare)
    return re.findall(r"[a-z]+|\d+", bare)


def bare_title(title: str | None) -> str:
    """A title without the small words in front."""
    return _LEAD.sub("", " ".join(words(title)) + " ").strip()


def bare_person(name: str | None) -> str:
    """A name without the article in front."""
    return re.sub(r"^(the|my|our|all|all my) ", "", " ".join(words(name)))


def overlap(left: list[str], right: list[str]) -> float:
    """The F1 of two bags of words."""
    same = (Counter(left) & Counter(right)).total()
    return 2 * same / (len(left) + len(right)) if same else 0.0


def rhythm(rule: str | Record | None) -> tuple[str | None, int, tuple[str, ...]] | None:
    """What is compared of a recurrence: how often, in which steps, on which days."""
    if not rule:
        return None
    if isinstance(rule, str):
        parts = rule.split("RRULE:")[-1].strip().split(";")
        rule = dict(part.split("=", 1) for part in parts if "=" in part)
    days = rule.get("BYDAY") or ()
    days = days.split(",") if isinstance(days, str) else days
    return rule.get("FREQ"), int(rule.get("INTERVAL", 1)), tuple(sorted(days))


class Score:
    """Collects the verdicts on each record."""

    def __init__(self) -> None:
        self.errors: list[tuple[Any, ...]] = []
        self._shares: dict[str, list[float]] = defaultdict(list)
        self._spans: dict[str, Counter[str]] = defaultdict(Counter)
        self._people: Counter[str] = Counter()

    def add(self, gold: Record, answer: Record) -> None:
        """Judge one answer by everything that its record wants judged."""
        wanted = gold["score"]
        if "due" in wanted:
            self._due(gold, answer.get("due"))
        if "rrule" in wanted:
            self._rrule(gold, answer.get("rrule"))
        if "span" in wanted and "date_spans" in answer:
            self._span(gold, answer["date_spans"] or [])
        if "title" in wanted and "title" in answer:
            self._title(gold, answer["title"])
        if "person" in wanted and "person" in answer:
            self._person(gold, answer["person"])

    def _due(self, gold: Record, due: str | None) -> None:
        exact, same_date = _agreement(gold, due)
        self._shares[f"due_exact.{gold['source']}.{gold['kind']}"].append(exact)
        if gold["due"] is None:
            self._shares["none_acc"].append(exact)
        else:
            source = "holiday" if gold["kind"] == "holiday" else gold["source"]
            self._shares[f"due_exact.{source}"].append(exact)
            self._shares[f"due_date.{source}"].append(same_date)
            self._shares[f"missed.{source}"].append(not due)
            self._shares[f"wrong.{source}"].append(bool(due) and not exact)
        if not exact:
            self.errors.append((gold["kind"], gold["text"], gold["now"], gold["due"], due))

    def _rrule(self, gold: Record, rule: str | None) -> None:
        fits = rhythm(rule) == rhythm(gold["rrule"])
        self._shares["rrule_acc"].append(fits)
        if not fits:
            self.errors.append(("rrule", gold["text"], gold["rrule"], rule))

    def _span(self, gold: Record, spans: list[str]) -> None:
        wanted = _bag(gold["date_spans"])
        found = _bag(spans)
        counts = self._spans[gold["source"]]
        counts["same"] += (wanted & found).total()
        counts["wanted"] += wanted.total()
        counts["found"] += found.total()
        self._shares[f"has_date_acc.{gold['source']}"].append(bool(wanted) == bool(found))
        if wanted != found:
            self.errors.append(("span", gold["text"], gold["date_spans"], spans))

    def _title(self, gold: Record, title: str | None) -> None:
        exact = any(bare_title(one) == bare_title(title) for one in gold["title"])
        self._shares["title_exact"].append(exact)
        best = max(overlap(words(one), words(title)) for one in gold["title"])
        self._shares["title_f1"].append(best)
        if not exact:
            self.errors.append(("title", gold["text"], gold["title"], title))

    def _person(self, gold: Record, name: str | None) -> None:
        is_other = gold.get("person") and not gold.get("self")
        wanted = [bare_person(one) for one in gold["person"]] if is_other else []
        found = bare_person(name)
        found = "" if found in _SPEAKER else found
        fits = any(_is_same(one, found) for one in wanted) if found else False
        self._people["hit"] += fits
        self._people["found"] += bool(found)
        self._people["wanted"] += bool(wanted)
        if (wanted or found) and not fits:
            self.errors.append(("person", gold["text"], wanted, found))

    def figures(self) -> Figures:
        """Each figure in percent, with the number of things it counts."""
        shares = {
            name: (round(100 * sum(found) / len(found), 1), len(found))
            for name, found in self._shares.items()
        }
        return dict(sorted((shares | dict(self._f1_figures())).items()))

    def _f1_figures(self) -> Iterator[tuple[str, tuple[float, int]]]:
        for source, counts in self._spans.items():
            total = counts["wanted"] + counts["found"]
            yield f"span_f1.{source}", (_percent(2 * counts["same"], total), counts["wanted"])
        people = self._people
        if people.total():
            yield "person_precision", (_percent(people["hit"], people["found"]), people["found"])
            yield "person_recall", (_percent(people["hit"], people["wanted"]), people["wanted"])
            total = people["found"] + people["wanted"]
            yield "person_f1", (_percent(2 * people["hit"], total), people["wanted"])


def score(gold: Iterable[Record], answers: Iterable[Record]) -> Score:
    """Judge all answers; a record without one counts as unanswered."""
    given = {answer["id"]: answer for answer in answers}
    verdict = Score()
    for record in gold:
        verdict.add(record, given.get(record["id"], {}))
    return verdict


def _agreement(gold: Record, due: str | None) -> tuple[bool, bool]:
    """Whether the due time is right to the minute (or need not be), and to the day."""
    if gold["due"] is None or not due:
        return (gold["due"] is None and due is None,) * 2
    same_date = any(due[:_DATE] == one[:_DATE] for one in gold["due"])
    if gold["kind"] in {"date", "holiday"}:
        return same_date, same_date
    dated = [one for one in gold["due"] if len(one) > _DATE]
    return any(due[:_MINUTE] == one[:_MINUTE] for one in dated), same_date


def _bag(spans: list[str]) -> Counter[str]:
    return Counter(word for span in spans for word in words(span) if word not in _BARE_IN_SPANS)


def _is_same(wanted: str, found: str) -> bool:
    left, right = set(wanted.split()), set(found.split())
    return left == right or (left ^ right) <= _GROUP


def _percent(part: float, whole: float) -> float:
    return round(100 * part / max(1, whole), 1)
