"""Offices full of documents for measurements: passages become pages, and pages are found again."""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.data import shared_files

FOLDER = "policy-qa"
NO_OFFICE = "no office"
Record = dict[str, Any]


def records(path: Path) -> list[Record]:
    """Return the lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass
class Corpus:
    """Questions, and the passages of the offices that they are asked in."""

    name: str
    questions: list[Record]
    passages: list[Record]

    @property
    def by_site(self) -> bool:
        """Whether each site is an office of its own."""
        return "site" in self.passages[0]

    def office_of(self, record: Record) -> str:
        """Return the office where a passage lies, or a question is asked."""
        return str(record["site"]) if self.by_site else NO_OFFICE


def corpora(given: Path | None, most: int | None) -> list[Corpus]:
    """Return each pair of files; the questions are thinned out to the number wanted."""
    found = []
    for file in map(Path, shared_files(FOLDER, "*_questions_*.jsonl", given)):
        name = file.name.partition("_")[0]
        questions = records(file)
        step = max(len(questions) // most, 1) if most else 1
        passages = records(file.with_name(f"{name}_passages.jsonl"))
        questions = questions[::step]
        if most:
            passages = _nearby(questions, passages)
        found.append(Corpus(name, questions, passages))
    return found


def _nearby(questions: list[Record], passages: list[Record]) -> list[Record]:
    """Return the passages that a small run needs."""
    wanted = {pid for question in questions for pid in question["relevant"]}
    sites = {question["site"] for question in questions if "site" in question}
    few = [p for number, p in enumerate(passages) if p["pid"] in wanted or number % 20 == 0]
    return [p for p in few if "site" not in p or p["site"] in sites]


@dataclass
class Office:
    """A tenant with documents, and which passage stands on which page of which."""

    tenant: Any
    admin: Any
    documents: dict[str, Any] = field(default_factory=dict)
    pids: dict[tuple[Any, int], str] = field(default_factory=dict)

    def pid_of(self, document_id: Any, page: int | None) -> str:
        """Return the passage that stands there."""
        return self.pids[document_id, page or 0]


class Library:
    """All offices of a corpus, filled by the product's own code."""

    def __init__(self, corpus: Corpus) -> None:
        groups: dict[str, list[Record]] = defaultdict(list)
        for passage in corpus.passages:
            groups[corpus.office_of(passage)].append(passage)
        self.offices = {
            name: _filled(f"{corpus.name}-{number}", group)
            for number, (name, group) in enumerate(groups.items())
        }

    def of(self, name: str) -> Office:
        """Return the office of that name."""
        return self.offices[name]

    def some_office(self, key: str) -> Office:
        """Return any office, always the same one for the same key."""
        names = sorted(self.offices)
        return self.offices[names[zlib.crc32(key.encode()) % len(names)]]


def _filled(slug: str, passages: Iterable[Record]) -> Office:
    from tenants.context import tenant_transaction
    from tenants.services import open_tenant

    tenant = open_tenant(name=slug, slug=slug)
    with tenant_transaction(tenant):
        from accounts.services import create_user

        admin = create_user(
            email=f"a@{slug}.example", full_name="Ada", password="a long pass phrase", role="admin"
        )
    office = Office(tenant, admin)
    groups: dict[str, list[Record]] = defaultdict(list)
    for passage in passages:
        groups[passage.get("title") or passage["site"]].append(passage)
    for title, group in groups.items():
        document = add_document(office, title, [[passage["text"]] for passage in group])
        office.documents[title] = document
        office.pids |= {(document, page): each["pid"] for page, each in enumerate(group, 1)}
    return office


def add_document(office: Office, title: str, pages: list[list[str]]) -> Any:
    """Index paragraphs, page by page, as the job does with a file; return the document's id."""
    from documents.index.chunking import pieces_of
    from documents.indexing import embed_all, replace_index
    from documents.models import Document, Revision
    from documents.reading.sections import Section
    from tenants.context import tenant_context, tenant_transaction

    with tenant_transaction(office.tenant):
        document = Document.objects.create(title=title[:200], owner=office.admin)
        revision = Revision.objects.create(
            document=document, number=1, filename="x.pdf", format="pdf", size=1, sha256=""
        )
        sections = [Section(text, page=page) for page, text in enumerate(pages, 1)]
        replace_index(revision.pk, pieces_of(sections), pages=len(pages))
    with tenant_context(office.tenant):
        embed_all(revision.pk)
    return document.pk
