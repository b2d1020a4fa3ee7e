"""The letters about accounts that an office owes, as they go out."""

import re

from messaging.lines import letter_of
from messaging.models import OutgoingMessage


def letters(kind: str, address: str = "") -> list:
    """Return the letters of one kind as they would go out now, oldest first."""
    rows = OutgoingMessage.objects.filter(kind=kind).order_by("created_at")
    return [letter_of(row) for row in (rows.filter(address=address) if address else rows)]


def token_in(letter) -> str:
    """Return what stands at the end of the letter's link."""
    link = re.search(r"https?://\S+/(\S+)", letter.text)
    assert link, letter.text
    assert letter.html.count(link[0]) == 1
    return link[1]
