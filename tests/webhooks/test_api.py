"""Setting webhooks up."""

import pytest

from accounts.models import AuditEntry
from tests.accounts.contract import assert_refused
from tests.peers.loopback import Told
from tests.webhooks.conftest import tell
from webhooks.models import Webhook, WebhookDelivery

HERE = "/api/v1/webhooks"
GOOD = {"url": "https://example.com/hook", "events": ["task.created", "note.created"]}


def test_a_secret_is_shown_once(api, ada):
    client = api(ada)
    made = client.post(HERE, GOOD)
    assert made.status_code == 201
    body = made.json()
    assert body["secret"].startswith("whsec_")
    assert body["events"] == ["note.created", "task.created"]
    shown = client.get(f"{HERE}/{body['id']}")
    assert "secret" not in shown.json()
    assert shown["ETag"] == made["ETag"]
    assert "secret" not in client.get(HERE).json()["results"][0]
    entry = AuditEntry.objects.get(object_pk=body["id"])
    assert entry.changes["secret"] == ["***", "***"]


BAD = [
    ({"url": "ftp://example.com"}, "url", "bad_address"),
    ({"url": "https://a:b@example.com"}, "url", "bad_address"),
    ({"url": "https://"}, "url", "bad_address"),
    ({"url": "https://ex ample.com"}, "url", "bad_address"),
    ({"url": "https://example.com:0"}, "url", "bad_address"),
    ({"events": []}, "events", "min_length"),
    ({"events": ["task.exploded"]}, "events.0", "invalid_choice"),
    ({"secret": "whsec_mine"}, "secret", "unknown_field"),
]


@pytest.mark.parametrize(("change", "attr", "code"), BAD)
def test_what_makes_no_sense_is_refused(api, ada, change, attr, code):
    assert_refused(api(ada).post(HERE, {**GOOD, **change}), 400, code=code, attr=attr)
    assert not Webhook.objects.exists()


def test_it_is_changed_switched_off_and_deleted(api, ada):
    client = api(ada)
    made = client.post(HERE, GOOD)
    one = f"{HERE}/{made.json()['id']}"
    changed = client.patch(one, {"is_active": False}, HTTP_IF_MATCH=made["ETag"])
    assert changed.json()["is_active"] is False
    assert_refused(client.patch(one, {"description": "x"}, HTTP_IF_MATCH=made["ETag"]), 412)
    assert_refused(client.post(f"{one}/test"), 409, code="switched_off")
    assert client.delete(one).status_code == 204
    assert_refused(client.get(one), 404)


def test_there_are_not_too_many(api, ada, monkeypatch):
    monkeypatch.setattr("webhooks.services.MOST", 1)
    client = api(ada)
    client.post(HERE, GOOD)
    assert_refused(client.post(HERE, GOOD), 409, code="too_many_webhooks")


def test_it_is_tried_out_and_what_was_told_is_told_again(api, ada, webhook, receiver):
    client, one = api(ada), f"{HERE}/{webhook.pk}"
    receiver.tells = Told(500)
    sent = client.post(f"{one}/test")
    assert (sent.status_code, sent.json()["status"]) == (202, "pending")
    tell()
    assert receiver.read(webhook.secret)["type"] == "webhook.test"
    (line,) = client.get(f"{one}/deliveries").json()["results"]
    assert (line["answer"], line["attempts"], line["reason"]) == (500, 1, "The server said 500.")
    again = f"{one}/deliveries/{line['id']}/resend"
    assert_refused(client.post(again), 409, code="not_resendable")
    receiver.tells = Told(200)
    tell()
    assert client.get(f"{one}/deliveries?status=failed").json()["results"] == []
    assert client.post(again).status_code == 202
    tell()
    assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 1
    assert WebhookDelivery.objects.get().status == "delivered"


def test_a_new_secret_takes_the_place_of_the_old_one(api, ada, webhook, receiver):
    old = webhook.secret
    made = api(ada).post(f"{HERE}/{webhook.pk}/secret")
    assert made.status_code == 201
    assert made.json()["secret"] not in {"", old}
    api(ada).post(f"{HERE}/{webhook.pk}/test")
    tell()
    assert receiver.read(old) == receiver.read(made.json()["secret"])


def test_only_an_admin_may(api, max_, eve, webhook):
    for person in (max_, eve):
        assert_refused(api(person).get(HERE), 403)
        assert_refused(api(person).post(HERE, GOOD), 403)
        assert_refused(api(person).get(f"{HERE}/{webhook.pk}/deliveries"), 403)


def test_another_offices_webhook_is_not_there(mia_api, webhook):
    for path in (f"{HERE}/{webhook.pk}", f"{HERE}/{webhook.pk}/deliveries"):
        assert_refused(mia_api.get(path), 404)
