"""Whether the owner of an address lets the platform's sender write there.

Kept in the first database, in the shared directory: what somebody says to a number that all offices
send from is meant for all of them.
"""

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from tenants.context import public_context
from tenants.models import Consent

BY_PERSON, BY_PROVIDER = "person", "provider"
LONGEST = 160


def note_consent(
    *, channel: str, sender: str, address: str, is_given: bool, source: str, text: str
) -> None:
    """Write down what was said last, by whom, when and in which words."""
    said = {"is_given": is_given, "source": source, "text": text[:LONGEST]}
    with public_context():
        Consent.objects.using(DEFAULT_DB_ALIAS).update_or_create(
            channel=channel, sender=sender, address=address,
            defaults={**said, "said_at": timezone.now()},
        )  # fmt: skip


def has_refused(*, channel: str, sender: str, address: str) -> bool:
    """Tell whether nothing may go there from this sender."""
    with public_context():
        known = Consent.objects.using(DEFAULT_DB_ALIAS).filter(channel=channel, sender=sender)
        return known.filter(address=address, is_given=False).exists()
