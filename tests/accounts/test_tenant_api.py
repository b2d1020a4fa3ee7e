"""What an admin sees of the office and changes in it, and what the platform alone does."""

import pytest

from accounts.models import AuditEntry
from tenants.context import public_context
from tenants.models import Tenant
from tests.accounts.contract import assert_refused

HERE = "/api/v1/admin/tenant"
HOURS = {
    "office_opens": "09:00",
    "office_closes": "17:00",
    "working_days": [0, 1, 2, 3, 4],
    "fiscal_year_starts": 1,
    "email_provider": "microsoft",
    "sms_enabled": True,
}


def test_an_admin_sees_the_office(api, ada, acme):
    answer = api(ada).get(HERE)
    assert answer["ETag"]
    assert answer.json() == {
        "id": str(acme.pk),
        "name": "Acme",
        "slug": "acme",
        "timezone": "UTC",
        "region": "eu",
        "subscription_tier": "free",
        "settings": HOURS,
        "created_at": acme.created_at.isoformat().replace("+00:00", "Z"),
    }


def test_what_is_given_changes_and_nothing_else(api, ada, acme):
    body = {"name": "Acme & Sons", "timezone": "Europe/Berlin", "settings": {"working_days": [6]}}
    answer = api(ada).patch(HERE, body)
    assert answer.status_code == 200
    assert answer.json()["settings"] == {**HOURS, "working_days": [6]}
    with public_context():
        office = Tenant.objects.get(pk=acme.pk)
    assert (office.name, office.timezone) == ("Acme & Sons", "Europe/Berlin")
    assert office.settings == acme.settings.model_copy(update={"working_days": frozenset({6})})
    assert answer["ETag"] == api(ada).get(HERE)["ETag"]


def test_the_next_sentence_is_read_by_the_new_hours(api, ada, in_acme):
    api(ada).patch(HERE, {"timezone": "UTC", "settings": {"office_closes": "16:15"}})
    body = {"text": "Order badges by end of day tomorrow", "dry_run": True}
    read = api(ada).post("/api/v1/tasks/from-text", body).json()
    assert read["due_date"].endswith("T16:15:00Z")


def test_the_change_is_in_the_trail_of_the_office(api, ada, acme):
    api(ada).patch(HERE, {"name": "Acme & Sons"})
    entry = AuditEntry.objects.filter(object_pk=str(acme.pk)).latest("timestamp")
    assert entry.changes == {"name": ["Acme", "Acme & Sons"]}
    assert entry.actor_id == ada.pk


def test_who_read_it_before_somebody_changed_it_is_told(api, ada, acme):
    client = api(ada)
    seen = client.get(HERE)["ETag"]
    answer = client.patch(HERE, {"name": "First"}, HTTP_IF_MATCH=seen)
    assert answer.status_code == 200
    late = client.patch(HERE, {"name": "Second"}, HTTP_IF_MATCH=seen)
    assert_refused(late, 412, code="precondition_failed")
    assert client.get(HERE).json()["name"] == "First"
    again = client.patch(HERE, {"name": "Third"}, HTTP_IF_MATCH=answer["ETag"])
    assert again.status_code == 200


BAD = [
    ({"name": ""}, "name", "blank"),
    ({"name": None}, "name", "null"),
    ({"timezone": "Mars/Olympus"}, "timezone", "unknown_zone"),
    ({"settings": {"working_days": []}}, "settings.working_days", "min_length"),
    ({"settings": {"working_days": [7]}}, "settings.working_days.0", "max_value"),
    ({"settings": {"office_opens": "17:00"}}, "settings.office_closes", "closes_before_opening"),
    ({"settings": {"fiscal_year_starts": 13}}, "settings.fiscal_year_starts", "max_value"),
    # What belongs to other doors, and to the platform.
    ({"settings": {"llm_mode": "always"}}, "settings.llm_mode", "unknown_field"),
    ({"settings": {"support_access": True}}, "settings.support_access", "unknown_field"),
    ({"subscription_tier": "enterprise"}, "subscription_tier", "read_only"),
    ({"slug": "globex"}, "slug", "read_only"),
    ({"is_active": False}, "is_active", "unknown_field"),
]


@pytest.mark.parametrize(("body", "attr", "code"), BAD)
def test_what_makes_no_sense_or_is_not_theirs_is_refused(api, ada, acme, body, attr, code):
    assert_refused(api(ada).patch(HERE, body), 400, code=code, attr=attr)
    with public_context():
        assert Tenant.objects.get(pk=acme.pk).settings == acme.settings


def test_only_an_admin_may(api, max_, eve):
    for person in (max_, eve):
        assert_refused(api(person).get(HERE), 403, code="permission_denied")
        assert_refused(api(person).patch(HERE, {"name": "Mine"}), 403)


@pytest.mark.parametrize(
    "settings", [{"email_provider": "pigeon"}, {"sms_enabled": "perhaps"}, {"email_provider": None}]
)
def test_a_way_of_sending_that_there_is_not_is_refused(api, ada, acme, settings):
    assert api(ada).patch(HERE, {"settings": settings}).status_code == 400
