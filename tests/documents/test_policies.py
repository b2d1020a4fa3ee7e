"""Policies: whose they are, when they are looked at again, and who has read and understood them."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from documents.duties import SIGNING, planned_reviews
from documents.indexing import read_revision
from documents.models import SignOff
from messaging.models import OutgoingMessage
from tenants.context import public_context
from tenants.models import DueInstant
from tests.documents.conftest import URL
from tests.messaging.conftest import sweep

RULES = b"# Rules\n\nLock the door when you leave the office."
NOON = datetime.fromisoformat("2026-03-02T12:00:00+00:00")


@pytest.fixture
def policy(take_in):
    return take_in("Rules.md", RULES, kind="policy", visibility="office")


def one(document, rest=""):
    return f"{URL}/{document.pk}{rest}"


def told(answer):
    [error] = answer.json()["errors"]
    return answer.status_code, error["code"], error["attr"]


def signers(answer):
    return {row["full_name"]: row["signed_at"] is not None for row in answer.json()["results"]}


# --- The owner


def test_a_document_is_given_to_another_owner_by_who_may_give_work(policy, api, eve, ada, max_):
    body = {"owner_id": str(max_.pk)}
    assert api(eve).patch(one(policy), body).status_code == 403
    assert api(ada).patch(one(policy), body).json()["owner_name"] == "Max Manager"
    assert api(eve).patch(one(policy), {"title": "Mine"}).status_code == 403
    assert api(max_).patch(one(policy), {"title": "Ours"}).json()["title"] == "Ours"


def test_nobody_and_who_has_left_own_nothing(policy, api, ada, sarah):
    nobody = {"owner_id": "00000000-0000-4000-8000-000000000000"}
    assert told(api(ada).patch(one(policy), nobody)) == (400, "unknown_user", "owner_id")
    sarah.is_active = False
    sarah.save()
    assert api(ada).patch(one(policy), {"owner_id": str(sarah.pk)}).status_code == 400


# --- The review


@pytest.fixture
def due(policy, api, eve, time_machine):
    """Eve's policy is to be reviewed on the tenth, at nine o'clock in Berlin."""
    time_machine.move_to(NOON, tick=False)
    eve.timezone = "Europe/Berlin"
    eve.save()
    answer = api(eve).patch(one(policy), {"review_on": "2026-03-10"})
    assert answer.json()["review_on"] == "2026-03-10"
    return policy


MOMENT = datetime.fromisoformat("2026-03-10T08:00:00+00:00")


def due_instants():
    with public_context():
        rows = DueInstant.objects.filter(kind="document_review")
        return list(rows.values_list("due_at", flat=True))


def test_its_owner_is_reminded_of_a_review_once(due, eve, time_machine):
    assert due_instants() == [MOMENT]
    [planned] = planned_reviews([eve], NOON, MOMENT)
    sweep()
    assert not OutgoingMessage.objects.exists()
    time_machine.move_to(MOMENT, tick=False)
    sweep()
    sweep()
    message = OutgoingMessage.objects.get()
    assert (message.recipient, message.subject) == (eve, "To be reviewed: Rules")
    assert (message.subject, message.due_at) == (planned.subject, planned.due_at)
    assert "10 March 2026" in message.text
    assert due_instants() == []


def test_whoever_owns_it_by_then_is_reminded_on_their_own_clock(due, api, ada, max_, time_machine):
    api(ada).patch(one(due), {"owner_id": str(max_.pk)})
    [hour] = due_instants()
    assert hour == datetime.fromisoformat("2026-03-10T09:00:00+00:00")
    time_machine.move_to(hour, tick=False)
    sweep()
    assert OutgoingMessage.objects.get().recipient == max_


def test_a_review_that_was_moved_or_deleted_reminds_nobody(due, api, eve, ada, time_machine):
    api(eve).patch(one(due), {"review_on": "2026-04-10"})
    time_machine.move_to(MOMENT, tick=False)
    sweep()
    assert not OutgoingMessage.objects.exists()
    assert planned_reviews([eve], NOON, MOMENT) == []
    api(eve).patch(one(due), {"review_on": None})
    assert due_instants() == []


def test_a_document_that_is_deleted_is_due_no_more(due, api, ada):
    assert api(ada).delete(one(due)).status_code == 204
    assert due_instants() == []


def test_a_day_that_has_passed_is_refused(due, api, eve):
    answer = api(eve).patch(one(due), {"review_on": "2026-03-01"})
    assert told(answer) == (400, "in_the_past", "review_on")
    assert api(eve).patch(one(due), {"review_on": "2026-03-02"}).status_code == 200


def test_what_is_to_be_reviewed_is_listed(due, api, eve):
    for until, found in (("2026-03-09", 0), ("2026-03-10", 1)):
        assert api(eve).get(URL, {"review_until": until}).json()["count"] == found


# --- Read and understood


def sign(client, document, revision=1):
    return client.post(one(document, "/sign-offs"), {"revision": revision})


def test_everybody_is_asked_and_who_is_missing_is_told(policy, api, eve, ada, sarah):
    assert api(sarah).get(one(policy)).json()["to_sign"] is False
    api(eve).patch(one(policy), {"sign_by_all": True})
    assert api(sarah).get(one(policy)).json()["to_sign"] is True
    assert api(sarah).get(URL, {"to_sign": "true"}).json()["count"] == 1
    answer = sign(api(sarah), policy)
    assert answer.status_code == 201
    assert answer.json()["person_id"] == str(sarah.pk)
    assert api(sarah).get(one(policy)).json()["to_sign"] is False
    assert api(sarah).get(URL, {"to_sign": "true"}).json()["count"] == 0
    report = api(eve).get(one(policy, "/sign-offs"))
    names = {"Ada Admin", "Eve Employee", "Max Manager"}
    assert signers(report) == {**dict.fromkeys(names, False), "Sarah Finance": True}
    missing = api(eve).get(one(policy, "/sign-offs"), {"missing": "true"})
    assert signers(missing).keys() == names


def test_a_team_and_people_are_asked(policy, api, eve, ada, sarah, finance):
    max_ = finance.lead
    body = {"sign_team_ids": [str(finance.pk)], "sign_person_ids": [str(max_.pk)]}
    assert api(eve).patch(one(policy), body).status_code == 200
    for person, asked in ((sarah, True), (max_, True), (ada, False), (eve, False)):
        assert api(person).get(one(policy)).json()["to_sign"] is asked
    assert signers(api(ada).get(one(policy, "/sign-offs"))).keys() == {
        "Max Manager",
        "Sarah Finance",
    }


def test_a_new_revision_asks_anew_once_it_has_been_read(policy, api, eve, sarah):
    api(eve).patch(one(policy), {"sign_by_all": True})
    sign(api(sarah), policy)
    body = {"filename": "Rules.md", "text": "# Rules\n\nLock the windows too."}
    api(eve).post(one(policy, "/revisions"), body)
    assert api(sarah).get(one(policy)).json()["to_sign"] is False
    read_revision(policy.revisions.get(number=2).pk)
    assert api(sarah).get(one(policy)).json()["to_sign"] is True
    assert told(sign(api(sarah), policy, 1))[:2] == (409, "newer_revision")
    assert sign(api(sarah), policy, 2).status_code == 201
    assert SignOff.objects.count() == 2


def test_signing_twice_is_signing_once_and_stands_in_the_audit_trail(policy, api, sarah):
    first, second = sign(api(sarah), policy), sign(api(sarah), policy)
    assert first.json() == second.json()
    entry = AuditEntry.objects.get(content_type__model="signoff")
    assert entry.actor_id == sarah.pk


def test_colleagues_learn_nothing_of_one_another(policy, api, eve, sarah, ada, max_):
    api(eve).patch(one(policy), {"sign_by_all": True})
    assert signers(api(sarah).get(one(policy, "/sign-offs"))) == {"Sarah Finance": False}
    for person in (eve, ada, max_):
        assert len(signers(api(person).get(one(policy, "/sign-offs")))) == 4


def test_who_may_not_read_a_document_signs_nothing(take_in, api, sarah):
    secret = take_in("Secret.md", RULES)
    assert sign(api(sarah), secret).status_code == 404
    assert api(sarah).get(one(secret, "/sign-offs")).status_code == 404
    assert api(sarah).post(one(secret, "/sign-offs/remind")).status_code == 404


def test_only_what_the_office_may_read_can_be_signed(take_in, api, eve):
    secret = take_in("Secret.md", RULES)
    answer = api(eve).patch(one(secret), {"sign_by_all": True})
    assert told(answer) == (400, "private_document", "visibility")
    body = {"sign_by_all": True, "visibility": "office"}
    assert api(eve).patch(one(secret), body).status_code == 200
    assert api(eve).patch(one(secret), {"visibility": "private"}).status_code == 400


@pytest.mark.parametrize(
    ("name", "code"), [("sign_team_ids", "unknown_team"), ("sign_person_ids", "unknown_user")]
)
def test_nobody_is_asked_who_does_not_exist(name, code, policy, api, eve):
    answer = api(eve).patch(one(policy), {name: ["00000000-0000-4000-8000-000000000000"]})
    assert told(answer) == (400, code, name)


def test_what_cannot_be_read_yet_cannot_be_signed(send_file, api, eve):
    document = send_file("Rules.md", RULES).json()
    answer = api(eve).post(f"{URL}/{document['id']}/sign-offs", {"revision": 1})
    assert told(answer)[:2] == (409, "not_ready")


def test_those_who_are_missing_are_reminded_once_a_day(policy, api, eve, sarah, time_machine):
    time_machine.move_to(timezone.now().replace(hour=9), tick=False)
    api(eve).patch(one(policy), {"sign_by_all": True})
    sign(api(sarah), policy)
    remind = one(policy, "/sign-offs/remind")
    assert api(sarah).post(remind).status_code == 403
    for days, messages in ((0, 3), (0, 3), (1, 6)):
        time_machine.move_to(timezone.now() + timedelta(days=days), tick=False)
        answer = api(eve).post(remind)
        assert (answer.status_code, answer.json()) == (202, {"reminded": 3})
        assert OutgoingMessage.objects.filter(kind=SIGNING).count() == messages
    assert not OutgoingMessage.objects.filter(recipient=sarah).exists()


def test_the_console_names_who_has_not_signed(policy, api, browser, eve, ada, sarah):
    api(eve).patch(one(policy), {"sign_by_all": True})
    sign(api(sarah), policy)
    console = browser(ada)
    page = console.get(f"/admin/documents/document/{policy.pk}/change/").content.decode()
    assert "Ada Admin, Eve Employee, Max Manager" in page
    assert "Sarah Finance" not in page
    assert b"Rules" in console.get("/admin/documents/document/").content
