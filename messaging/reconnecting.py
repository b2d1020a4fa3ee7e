"""Telling people that an account of theirs has to be connected again: once, when it is noticed."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from common.languages import speaking
from connections.models import Connection
from messaging.due import Owed
from messaging.services import owe_messages
from tenants.context import current_tenant
from tenants.directory import address_of

KIND = "reconnect"


def tell_owner(connection: Connection) -> None:
    """Owe a message to the account's owner, or to the admins for one of the office."""
    owe_messages([_notice(person, connection) for person in _owners(connection)])


def _owners(connection: Connection) -> list[User]:
    active = User.objects.active()
    if connection.person_id is not None:
        return list(active.filter(pk=connection.person_id))
    return list(active.filter(role__permissions__contains=[Permission.ADMIN_SETTINGS.value]))


def _notice(person: User, connection: Connection) -> Owed:
    office, now = current_tenant(), timezone.now()
    words = {
        "person": person,
        "office": office,
        "connection": connection,
        "url": f"{address_of(office)}/connections",
    }
    with speaking(person.locale):
        words["subject"] = subject = _("Connect {provider} again").format(
            provider=connection.get_provider_display()
        )
        return Owed(
            recipient=person,
            subject=subject,
            text=render_to_string("emails/reconnect.txt", words),
            html=render_to_string("emails/reconnect.html", words),
            brief=f"{subject}: {words['url']}",
            kind=KIND,
            about_id=connection.pk,
            due_at=now,
            occasion=f"{KIND}:{connection.pk}:{now:%Y%m%d%H%M%S}",
        )
