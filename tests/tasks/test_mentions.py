"""Naming people in comments: who is meant, who is told, and what nobody learns by it."""

from datetime import UTC, datetime, time

import pytest
import time_machine
from django.db import transaction

from accounts.models import AuditEntry, Role, User
from accounts.permissions import Permission
from messaging.digests import owed_digests
from messaging.models import OutgoingMessage
from tasks.mentions import KIND, objections
from tasks.models import Comment, Mention, Task
from tasks.named import options_for
from tasks.readers import readers_of, still_readable
from tasks.services import assign_task
from tasks.talking import add_comment, change_comment, read_mentions
from tenants.context import atomic, tenant_context

NIGHT = datetime(2024, 5, 14, 23, tzinfo=UTC)


@pytest.fixture
def shared(ada, sarah, finance):
    """A task of the finance team that Ada gave to Sarah; Max leads the team, Eve is not of it."""
    return Task.objects.create(title="Approve it", creator=ada, assignee=sarah, team=finance)


def named(comment: Comment) -> set[str]:
    return {each.person.email.partition("@")[0] for each in comment.mentions.all()}


def told() -> list[str]:
    rows = OutgoingMessage.objects.filter(kind=KIND).order_by("created_at")
    return [row.address.partition("@")[0] for row in rows]


def test_the_readers_of_a_task_are_those_who_see_it(ada, max_, sarah, shared, task):
    """Both sides of one rule, for each person and task; also for mentions."""
    sarah.role = Role.objects.create(name="clerk", permissions=["note:read"])
    sarah.save()
    lost = Task.objects.create(title="Of nobody", creator=max_)
    for one in (shared, task, lost):
        seen = {
            user.pk
            for user in User.objects.with_rights()
            if user.may(Permission.TASK_READ)
            and Task.objects.visible_to(user).filter(pk=one.pk).exists()
        }
        assert {user.pk for user in readers_of(one)} == seen
        said = Comment.objects.create(task=one, author=ada, body="x")
        for user in User.objects.all():
            Mention.objects.create(comment=said, person=user, words="x")
        found = still_readable().filter(comment=said)
        assert set(found.values_list("person", flat=True)) == seen


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@Sarah, please look.", {"sarah"}),
        ("please look, @Sarah Finance.", {"sarah"}),
        ("(@SARAH  finance)", {"sarah"}),
        ("@sarah@acme.example: look", {"sarah"}),
        ("@finance should look", {"sarah", "max"}),
        ("@Max and @Sarah Finance and @Finance", {"sarah", "max"}),
        ("write to sarah@acme.example", set()),
        ("@@Sarah @Sarahs @Sarah-Jane @sarah.f", set()),
        ("@Ada is me", set()),
        ("@Mia @nobody @ @", set()),
    ],
)
def test_a_name_an_address_or_a_team_after_an_at_names_people(text, people, shared, ada):
    comment = add_comment(task=shared, body=text, by=ada)
    assert named(comment) == people
    assert sorted(told()) == sorted(people)
    assert comment.untold == []


def test_who_may_not_see_the_task_is_not_told_and_the_author_hears_it(shared, max_):
    comment = add_comment(task=shared, body="@Eve and @Sarah, @Nobody", by=max_)
    assert (named(comment), told()) == ({"sarah"}, ["sarah"])
    assert comment.untold == ["Not told, because they may not see this task: Eve Employee."]


def test_of_a_team_those_are_told_who_may_see_the_task(task, ada, max_, finance):
    task.assignee = max_
    task.save()
    comment = add_comment(task=task, body="@Finance!", by=ada)
    assert named(comment) == {"max"}
    assert comment.untold == ["Of “Finance” only those are told who may see this task."]


def test_a_first_name_of_several_is_asked_back(shared, ada, eve):
    eve.full_name = "Sarah Second"
    eve.save()
    # Only one of them may see it: she is meant.
    assert named(add_comment(task=shared, body="@Sarah", by=ada)) == {"sarah"}
    eve.role = ada.role
    eve.save()
    comment = add_comment(task=shared, body="@Sarah or @Sarah Second", by=ada)
    assert named(comment) == {"eve"}
    assert comment.untold == ["“Sarah” can be several people; write the full name or the address."]


def test_whom_one_cannot_see_one_can_neither_name_nor_find(task, eve, ada):
    """An employee knows those at the task; a guess at a colleague tells nothing at all."""
    for name in ("Max", "Max Manager", "max@acme.example", "Finance", "Sarah", "Nobody"):
        comment = add_comment(task=task, body=f"Ask @{name}", by=eve)
        assert (named(comment), comment.untold) == (set(), [])
        assert options_for(name, task=task, by=eve) == []
    assert named(add_comment(task=task, body="@Ada", by=eve)) == {"ada"}
    assert [option.words for option in options_for("a", task=task, by=eve)] == ["Ada Admin"]
    assert told() == ["ada"]


def test_nobody_of_another_office_is_named(task, ada, mia, globex):
    for name in ("Mia", "Mia Admin", "mia@globex.example"):
        assert named(add_comment(task=task, body=f"@{name}", by=ada)) == set()
    with tenant_context(globex), atomic():
        assert not OutgoingMessage.objects.exists()
        assert not Mention.objects.exists()


def test_each_is_told_once_however_often_named_and_again_only_who_is_new(shared, ada):
    comment = add_comment(task=shared, body="@Sarah, @Sarah Finance: @sarah!", by=ada)
    assert told() == ["sarah"]
    message = OutgoingMessage.objects.get()
    assert message.subject == "Ada Admin mentions you: Approve it"
    assert "@Sarah, @Sarah Finance: @sarah!" in message.text
    assert f"/tasks/{shared.pk}#comment-{comment.pk}" in message.text
    change_comment(comment=comment, body="@Sarah Finance and @Max", by=ada)
    assert sorted(told()) == ["max", "sarah"]
    assert set(comment.mentions.values_list("words", flat=True)) == {"Sarah Finance", "Max"}
    # Left out, nobody is told later; named again, nobody is told twice.
    change_comment(comment=comment, body="@Max", by=ada)
    assert objections([message.about_id]) == {
        message.about_id: "The comment no longer mentions this person."
    }
    change_comment(comment=comment, body="@Max and @Sarah", by=ada)
    assert named(comment) == {"max", "sarah"}
    assert sorted(told()) == ["max", "sarah"]


def test_what_is_refused_names_nobody(shared, ada):
    with atomic():
        add_comment(task=shared, body="@Sarah", by=ada)
        transaction.set_rollback(True)
    assert not Mention.objects.exists()
    assert told() == []


def test_quiet_hours_hold_and_what_was_read_or_is_hidden_is_not_sent(shared, ada, sarah):
    sarah.quiet_from, sarah.quiet_until = time(22), time(6)
    sarah.save()
    with time_machine.travel(NIGHT, tick=False):
        for body in ("@Sarah", "@Sarah again"):
            add_comment(task=shared, body=body, by=ada)
    first, second = OutgoingMessage.objects.order_by("created_at", "pk")
    assert first.hold_until == second.hold_until == datetime(2024, 5, 15, 6, tzinfo=UTC)
    assert objections([first.about_id, second.about_id]) == {}
    read_mentions(ids=[first.about_id], by=sarah)
    assert objections([first.about_id]) == {first.about_id: "It was read before."}
    assign_task(task=shared, assignee_id=None, by=ada)
    assert objections([second.about_id]) == {
        second.about_id: "The mentioned person may no longer see the task."
    }


def test_a_digest_tells_what_names_one_and_was_not_read(shared, ada, sarah):
    add_comment(task=shared, body="@Sarah", by=ada)
    now = Mention.objects.get().created_at
    [owed] = owed_digests([(sarah, now)])
    assert owed.subject == "Your day: mentioned: 1"
    assert f"/tasks/{shared.pk}" in owed.text
    read_mentions(task=shared, by=sarah)
    assert owed_digests([(sarah, now)]) == []


def test_the_trail_tells_of_each_mention(shared, ada, sarah):
    add_comment(task=shared, body="@Sarah", by=ada)
    entry = AuditEntry.objects.get(content_type__model="mention")
    assert entry.changes["person"] == [None, str(sarah.pk)]
    assert entry.changes["words"] == [None, "Sarah"]


# --- The API


def test_the_api_lists_what_names_one_and_marks_it_read(shared, api, ada, sarah, max_):
    said = api(max_).post(f"/api/v1/tasks/{shared.pk}/comments", {"body": "@Sarah @Ada"}).json()
    assert set(said["mentioned_ids"]) == {str(sarah.pk), str(ada.pk)}
    client = api(sarah)
    [row] = client.get("/api/v1/mentions", {"unread": "true"}).json()["results"]
    assert row == {
        "id": str(Mention.objects.get(person=sarah).pk),
        "comment_id": said["id"],
        "task_id": str(shared.pk),
        "task_title": "Approve it",
        "author_id": str(max_.pk),
        "author_name": "Max Manager",
        "body": "@Sarah @Ada",
        "read_at": None,
        "created_at": row["created_at"],
    }
    address = f"/api/v1/mentions/{row['id']}/read"
    assert api(ada).post(address).status_code == 404
    first, second = client.post(address).json(), client.post(address).json()
    assert first["read_at"] is not None
    assert first == second
    assert client.get("/api/v1/mentions", {"unread": "true"}).json()["results"] == []
    assert len(client.get("/api/v1/mentions", {"unread": "false"}).json()["results"]) == 1
    assert Mention.objects.get(person=ada).read_at is None


def test_what_one_may_see_no_more_is_listed_no_more(shared, api, ada, sarah):
    add_comment(task=shared, body="@Sarah", by=ada)
    assign_task(task=shared, assignee_id=None, by=ada)
    assert api(sarah).get("/api/v1/mentions").json()["results"] == []
    address = f"/api/v1/mentions/{Mention.objects.get().pk}/read"
    assert api(sarah).post(address).status_code == 404


def test_only_its_author_says_it_in_other_words(shared, api, ada, sarah, eve):
    said = add_comment(task=shared, body="Look.", by=sarah)
    address = f"/api/v1/comments/{said.pk}"
    assert api(eve).patch(address, {"body": "@Max"}).status_code == 404
    assert api(ada).patch(address, {"body": "@Max"}).json()["errors"][0]["code"] == "not_yours"
    assert api(sarah).patch(address, {"body": " "}).status_code == 400
    assert api(sarah).patch(address, {"body": "@Ada"}).json()["mentioned_ids"] == [str(ada.pk)]
    said.refresh_from_db()
    assert said.body == "@Ada"
    assert told() == ["ada"]
