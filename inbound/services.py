"""Taking in what people write: stored once, with the person and the office that it is meant for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Channel, User
from common.origin import set_actor
from inbound.jobs import answer_delivery
from inbound.models import Delivery
from tenants.context import attempt, tenant_transaction
from tenants.directory import people_at

# When the sweep takes over if the job that is queued at once got lost.
WAKE_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in by a channel; `external_id` is the vendor's name for its coming."""

    channel: Channel
    external_id: str
    address: str
    text: str
    place: str = ""
    is_edit: bool = False


def receive(heard: Heard) -> bool:
    """Take in what was written in a linked chat, once; False where nobody is known by it.

    It is meant for the office that was chosen last. Nothing of a stranger is stored.
    """
    for tenant, person_id in people_at(heard.channel, heard.address):
        with tenant_transaction(tenant):
            person = User.objects.active().filter(pk=person_id).first()
            if person is None:
                continue
            receive_in(heard, person=person)
        return True
    return False


def receive_in(heard: Heard, *, person: User) -> None:
    """Take in what this person of the office in force wrote, once."""
    set_actor(person)
    _store(Delivery(person=person, **asdict(heard)))


def _store(delivery: Delivery) -> None:
    delivery.wake_at = timezone.now() + WAKE_AFTER
    try:
        with attempt():
            delivery.save(force_insert=True)
    except IntegrityError:
        # It came before: vendors repeat what they think we have not heard.
        return
    answer_delivery.delay_on_commit(str(delivery.pk))


def wake_deliveries(ids: Sequence[UUID], now: datetime) -> None:
    """Queue those that are due once more; what the sweep calls."""
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.filter(pk__in=ids, wake_at__lte=now))
    for delivery in due:
        delivery.change(wake_at=now + WAKE_AFTER)
        answer_delivery.delay_on_commit(str(delivery.pk))
