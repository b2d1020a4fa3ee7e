"""How questions are asked of an office in a measurement, and what counts as their answer."""

import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.library import Corpus, Library, Office, Record

AS_IT_IS, ABSENT, OFF_TOPIC = "", "absent", "off topic"
ARTICLE = re.compile(r"\b(a|an|the)\b")


@dataclass(frozen=True)
class Setting:
    """A question, the office where it is asked, and the documents that may be looked at."""

    question: Record
    office: Office
    documents: list[Any] | None = None

    def ask(self) -> tuple[Any, Any]:
        """Return what was found, and the product's answer."""
        from documents.answers.answering import PASSAGES, answer_from
        from documents.index.retrieval import passages_for
        from tenants.context import tenant_transaction

        with tenant_transaction(self.office.tenant):
            found = passages_for(self.question["question"], by=self.office.admin, limit=PASSAGES,
                                 documents=self.documents)  # fmt: skip
        return found, answer_from(self.question["question"], found)


def all_settings(
    found: list[Corpus], libraries: dict[str, Library]
) -> Iterator[tuple[str, str, Iterable[Setting]]]:
    """Give each corpus and way to ask, with its questions."""
    for corpus in found:
        library = libraries[corpus.name]
        yield (
            corpus.name,
            AS_IT_IS,
            [
                Setting(question, library.of(corpus.office_of(question)))
                for question in corpus.questions
            ],
        )
        if corpus.by_site:
            continue
        answerable = [question for question in corpus.questions if question["answerable"]]
        yield (
            corpus.name,
            ABSENT,
            [without(question, library.of(corpus.office_of(question))) for question in answerable],
        )
        for other in found:
            if other.by_site:
                yield (
                    other.name,
                    OFF_TOPIC,
                    [
                        Setting(question, libraries[other.name].some_office(question["id"]))
                        for question in answerable
                    ],
                )


def without(question: Record, office: Office) -> Setting:
    """Ask while the question's own article is left out."""
    documents = [pk for title, pk in office.documents.items() if title != question["title"]]
    return Setting(question, office, documents)


def contains(question: Record, text: str) -> bool:
    """Tell whether one of the answers that people found stands in the text."""
    inside = f" {plain(text)} "
    return any(plain(one) and f" {plain(one)} " in inside for one in question["answers"])


def plain(text: str) -> str:
    """Return what is compared: no capital letters, signs or articles."""
    letters = "".join(letter for letter in text.lower() if letter not in string.punctuation)
    return " ".join(ARTICLE.sub(" ", letters).split())
