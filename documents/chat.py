"""Answering questions in a conversation."""

from accounts.permissions import Permission
from assistant.chat import Answer, Message, handles
from common.errors import RefusedError
from documents.answers.answering import Answered, Source
from documents.answers.asking import ask_documents


@handles("ask", waits=True)
def answer_question(message: Message) -> Answer:
    """Answer from the documents that the person may read, and say where it stands."""
    if not message.by.may(Permission.NOTE_READ):
        raise RefusedError("You may not read documents.")
    return Answer(in_words(ask_documents(message.text, by=message.by)))


def in_words(answered: Answered) -> str:
    """Return an answer with its sources as a message."""
    lines = [answered.answer]
    if not answered.grounded:
        lines += [f"“{source.excerpt}” ({place_of(source)})" for source in answered.sources]
        return "\n".join(lines)
    places = "; ".join(place_of(source) for source in answered.sources)
    return f"{lines[0]}\n({places})"


def place_of(source: Source) -> str:
    """Return where a source stands, in words."""
    if source.page:
        return f"{source.document}, page {source.page}"
    return f"{source.document}, “{source.heading}”" if source.heading else source.document
