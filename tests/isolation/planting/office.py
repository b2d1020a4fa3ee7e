"""A whole office of canaries."""

from accounts.models import Role, Team, TeamMembership, User
from assistant.llm.models import ModelKey
from calendar_app.models import Feed, Subscription
from tasks.models import Reminder
from tests.conftest import person
from tests.isolation.canaries import ADDRESS, CANARY, Office
from tests.isolation.planting.calendars import plant_a_sync, plant_an_event
from tests.isolation.planting.channels import (
    plant_a_chat,
    plant_a_connection,
    plant_a_message,
    plant_a_webhook,
)
from tests.isolation.planting.papers import plant_a_document, plant_a_note
from tests.isolation.planting.people import plant_a_person_and_an_entry, plant_an_identity
from tests.isolation.planting.sentences import plant_a_call, plant_an_action
from tests.isolation.planting.tasks import (
    plant_a_comment,
    plant_a_file,
    plant_a_filter,
    plant_a_task,
)


def plant() -> Office:
    """Fill every text of every table of the office in force."""
    mia = person("mia@globex.example")
    User.objects.filter(pk=mia.pk).update(full_name=f"Mia {CANARY}", phone="+15550001111")
    plant_a_person_and_an_entry(mia)
    role = Role.objects.create(name=f"{CANARY} role", permissions=["task:read"])
    identity = plant_an_identity(mia, role)
    team = Team.objects.create(name=f"{CANARY} team", lead=mia)
    TeamMembership.objects.create(team=team, user=mia)
    task = plant_a_task(mia, team)
    reminder = Reminder.objects.create(task=task, minutes_before=1)
    comment, mention = plant_a_comment(task, mia)
    message = plant_a_message(mia, reminder)
    note = plant_a_note(mia)
    feed = Feed.objects.create(person=mia, name=f"{CANARY} feed", digest=f"{CANARY} digest")
    document, revision = plant_a_document(mia)
    event = plant_an_event(mia)
    delivery = plant_a_chat(mia)
    action = plant_an_action(mia, task)
    ModelKey.objects.create(key=f"{CANARY} key")
    webhook, told = plant_a_webhook()
    connection = plant_a_connection(mia)
    sync = plant_a_sync(event, connection)
    call = plant_a_call()
    ids = {
        "action": action.pk,
        "call": call.pk,
        "connection": connection.pk,
        **{kind: row.pk for kind, row in identity.items()},
        "delivery": delivery.pk,
        "webhook": webhook.pk,
        "told": told.pk,
        "task": task.pk,
        "reminder": reminder.pk,
        "user": mia.pk,
        "team": team.pk,
        "role": role.pk,
        "comment": comment.pk,
        "mention": mention.pk,
        "task_file": plant_a_file(task, mia).pk,
        "message": message.pk,
        "note": note.pk,
        "version": note.versions.get().pk,
        "document": document.pk,
        "revision": revision.pk,
        "event": event.pk,
        "calendar": event.calendar_id,
        "feed": feed.pk,
        "filter": plant_a_filter(mia).pk,
        "subscription": Subscription.objects.get().pk,
        "sync": sync.pk,
        "channel": sync.channels.get().pk,
    }
    words = {CANARY, ADDRESS, "globex", "Globex", "mia@", "+15550001111"}
    return Office(ids, words | {str(key) for key in ids.values()})
