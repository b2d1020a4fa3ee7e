"""What people write to anybody, through the ledger."""

import pytest

from messaging.contacts import close, link
from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from tests.inbound.test_sms import EVES, vendor  # noqa: F401  a fixture

EMAIL, SMS = "/api/v1/email/send", "/api/v1/sms/send"
LETTER = {"to": ["customer@example.com"], "subject": "Your order", "body": "It is on its way."}


def send_all():
    deliver(list(OutgoingMessage.objects.values_list("pk", flat=True)))


def test_a_letter_goes_to_each_address_and_answers_to_whoever_wrote_it(api, max_, server):
    to = ["one@example.com", "two@example.com", "one@example.com"]
    answer = api(max_).post(EMAIL, LETTER | {"to": to, "html": "<p>It is <b>on its way</b>.</p>"})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["id"], told["status"]) == (told["messages"][0]["id"], "queued")
    assert [each["to"] for each in told["messages"]] == to[:2]
    send_all()
    first, second = sorted(server.received, key=lambda letter: letter.recipients)
    assert (first.recipients, second.recipients) == (["one@example.com"], ["two@example.com"])
    assert first.letter["Reply-To"] == max_.email
    assert first.letter["To"] == "one@example.com"
    assert "It is <b>on its way</b>." in first.letter.get_body(("html",)).get_content()
    assert OutgoingMessage.objects.filter(status="sent").count() == 2


def test_html_cannot_act(api, ada):
    html = '<p onclick="x()">Hi<script>alert(1)</script><a href="javascript:x">y</a></p>'
    api(ada).post(EMAIL, LETTER | {"html": html})
    stored = OutgoingMessage.objects.get().html
    assert "Hi" in stored
    assert not any(bad in stored for bad in ("script", "onclick", "javascript"))


@pytest.mark.parametrize(
    ("changes", "attr"),
    [
        ({"to": []}, "to"),
        ({"to": ["nobody"]}, "to.0"),
        ({"to": ["a@example.com\nBcc: b@example.com"]}, "to.0"),
        ({"to": [f"p{n}@example.com" for n in range(51)]}, "to"),
        ({"to": "customer@example.com"}, "to"),
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 251}, "subject"),
        ({"body": ""}, "body"),
        ({"cc": ["a@example.com"]}, "cc"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(changes, attr, api, ada):
    answer = api(ada).post(EMAIL, LETTER | changes)
    assert answer.status_code == 400
    assert attr in {error["attr"] for error in answer.json()["errors"]}
    assert not OutgoingMessage.objects.exists()


def test_whoever_wrote_it_sees_it_and_colleagues_do_not(api, max_, eve, ada):
    key = api(max_).post(EMAIL, LETTER).json()["id"]
    assert api(max_).get(f"/api/v1/messages/{key}").json()["sender_id"] == str(max_.pk)
    assert api(ada).get(f"/api/v1/messages/{key}").status_code == 200
    assert api(eve).get(f"/api/v1/messages/{key}").status_code == 404


def test_a_subject_cannot_add_headers(api, ada, server):
    api(ada).post(EMAIL, LETTER | {"subject": "Hi\r\nBcc: evil@example.com"})
    send_all()
    [received] = server.received
    assert received.recipients == LETTER["to"]
    assert received.letter["Bcc"] is None


def test_a_text_goes_to_a_telephone_with_its_parts_counted(api, max_, vendor):  # noqa: F811
    answer = api(max_).post(SMS, {"to": "+12025550123", "message": "a" * 161})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["to"], told["status"], told["segments"]) == ("+12025550123", "queued", 2)
    send_all()
    [sent] = vendor.messages
    assert (sent["to"], sent["body"]) == ("+12025550123", "a" * 161)


def test_nothing_goes_to_a_number_that_said_stop(api, max_, eve, vendor):  # noqa: F811
    link(person=eve, channel="sms", address=EVES)
    close(channel="sms", address=EVES, why="The person wrote STOP.")
    answer = api(max_).post(SMS, {"to": EVES, "message": "Hello"})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (409, "to")


@pytest.mark.parametrize("body", [{"to": "0151", "message": "x"}, {"to": EVES, "message": ""}])
def test_a_text_that_makes_no_sense_is_refused(body, api, max_, vendor):  # noqa: F811
    assert api(max_).post(SMS, body).status_code == 400


def test_without_an_account_there_is_no_sms(api, max_, settings):
    settings.TWILIO_AUTH_TOKEN = ""
    assert api(max_).post(SMS, {"to": EVES, "message": "x"}).status_code == 404
