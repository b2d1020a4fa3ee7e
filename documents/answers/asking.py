"""A question to the documents: what they say, in their words or in a model's."""

from collections.abc import Collection
from uuid import UUID

from accounts.models import User
from documents.answers.answering import Answered, look_up
from documents.answers.writing import in_words_of_a_model
from documents.index.spaces import meaning_outside
from tenants.context import atomic


def ask_documents(
    question: str, *, by: User, documents: Collection[UUID] | None = None
) -> Answered:
    """Answer from the documents that the asker may read, or from those of them that are named.

    Not inside a transaction, since a language model may be asked, for vectors and for words.
    """
    meaning = meaning_outside(question)
    with atomic():
        looked = look_up(question, by=by, documents=documents, meaning=meaning)
    return in_words_of_a_model(looked)
