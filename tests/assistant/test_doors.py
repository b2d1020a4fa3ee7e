"""Each door hears the same: our sentences give equal drafts, whatever they come in by."""

import pytest
import time_machine

from assistant import services
from assistant.llm.engine import OfficeInterpreter
from assistant.local.answers import read_answer
from tests.assistant.test_utterances import LINES

PAGES = [LINES[start : start + 100] for start in range(0, len(LINES), 100)]


class Listener:
    """An interpreter that remembers what it made of each text."""

    def __init__(self, interpreter):
        self.interpreter = interpreter
        self.drafts = []

    def interpret(self, text, context):
        draft = self.interpreter.interpret(text, context)
        self.drafts.append(draft)
        return draft


def is_answer(text):
    """Whether a conversation takes the text as the answer to a proposal, and does not read it."""
    said = read_answer(text, "en")
    return said is not None and said.kind in {"yes", "no"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page[0]["text"])
def test_all_doors_make_the_same_draft(page, api, browser, ada, monkeypatch):
    listener = Listener(services.rules)
    monkeypatch.setattr(services, "rules", listener)
    monkeypatch.setattr(services, "interpreter", OfficeInterpreter(listener))
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False):
        client, pages = api(ada), browser(ada)
        for line in page:
            listener.drafts.clear()
            text = line["text"]
            if not text.strip() or "\0" in text or is_answer(text):
                continue
            client.post("/api/v1/tasks/from-text", {"text": text, "dry_run": True})
            client.post("/api/v1/assistant/chat", {"message": text})
            pages.get("/quick-add/preview", {"text": text})
            first, *others = listener.drafts
            assert others == [first, first], text
