"""Invitations by mail: when the person wishes, as other programs read them, answered by mail."""

from email import message_from_string, policy

import pytest
from icalendar import Calendar

from calendar_app.models import Attendee, Event
from inbound.mail import take_letter
from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from tenants.cache import tenant_cache
from tests.calendar_app.conftest import EVENTS
from tests.connections.mailbox import mailbox
from tests.inbound.test_mail import RELAY, TO, letter
from tests.messaging.conftest import server, smtp  # noqa: F401  fixtures
from tests.peers.microsoft import microsoft

ANNA = {"email": "anna@guest.example", "name": "Anna Guest"}
GENUINE = f"{RELAY}; dmarc=pass header.from=guest.example"


@pytest.fixture(autouse=True)
def door(settings):
    settings.INBOUND_MAIL_DOMAIN, settings.INBOUND_MAIL_AUTHSERV = "in.example", RELAY
    settings.MESSAGE_RATES = {}


@pytest.fixture
def invite(book, eve):
    """Book something to which Anna, who is a guest, and Eve are asked by mail."""

    def asked(**body):
        people = [ANNA, {"user_id": str(eve.pk)}]
        return book(**{"attendees": people, "send_invitations": True, **body})

    return asked


def sent(server):  # noqa: F811
    """Send what is owed; return the letters since the last time by whom they are to."""
    deliver(list(OutgoingMessage.objects.filter(status="queued").values_list("pk", flat=True)))
    found = {each.recipients[0]: each.letter for each in server.received}
    server.received.clear()
    return found


def object_in(mail):
    """Return the calendar object of a letter: the same as a part and as a file."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [file] = [part for part in mail.walk() if part.get_filename() == "invite.ics"]
    [part] = parts
    told = Calendar.from_ical(part.get_content())
    assert Calendar.from_ical(file.get_content()) == told
    assert part["Content-Type"].params["method"] == told["METHOD"]
    return told


def event_in(mail):
    return object_in(mail).walk("VEVENT")[0]


def reply(event, answer="ACCEPTED", *, who=ANNA["email"], more="", method="REPLY", stamp=1):
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", f"METHOD:{method}", "BEGIN:VEVENT",
         f"UID:{event['uid']}", f"DTSTAMP:20240514T{10 + stamp:02}0000Z",
         f"ATTENDEE;PARTSTAT={answer}:mailto:{who}", *([more] if more else []),
         "END:VEVENT", "END:VCALENDAR", ""]
    )  # fmt: skip


def bring(text, sender=ANNA["email"], results=(GENUINE,), **headers):
    """Bring a letter with the object as the relay does."""
    raw = message_from_string(
        letter("An answer", results, From=sender, **headers).decode(), policy=policy.default
    )
    raw.add_alternative(text.encode(), maintype="text", subtype="calendar",
                        params={"method": "REPLY"})  # fmt: skip
    take_letter(raw.as_bytes(), [TO], sender)


@pytest.fixture
def event(invite):
    made = Event.objects.get(pk=invite()["id"])
    return {"pk": made.pk, "uid": made.ical_uid}


def answer_of(event):
    return Attendee.objects.get(event=event["pk"], email=ANNA["email"]).answer


def test_an_invitation_goes_to_guests_and_members_in_words_and_as_an_object(invite, server, ada):  # noqa: F811
    made = invite(title="Lunch <b>", location="Blue room", description="Bring salt.",
                  timezone="Europe/Berlin", conference_url="https://meet.example/1")  # fmt: skip
    mails = sent(server)
    assert set(mails) == {"anna@guest.example", "eve@acme.example"}
    mail = mails["anna@guest.example"]
    assert mail["Subject"] == "Invitation: Lunch <b>, Wed 15 May 2024, 09:00"
    assert mail["Reply-To"] == ada.email
    assert [part.get_content_type() for part in mail.walk()][:2] == [
        "multipart/mixed",
        "multipart/alternative",
    ]
    words = mail.get_body(("plain",)).get_content()
    assert "Hello Anna Guest," in words
    assert "Wednesday, 15 May 2024, 09:00 – 10:00 (Europe/Berlin)" in words
    assert "Where: Blue room" in words
    html = mail.get_body(("html",)).get_content()
    assert "Lunch &lt;b&gt;" in html
    assert "https://meet.example/1" in html
    told = event_in(mail)
    assert object_in(mail)["METHOD"] == "REQUEST"
    assert (told["UID"], told["SEQUENCE"]) == (Event.objects.get(pk=made["id"]).ical_uid, 0)
    assert told["ORGANIZER"] == f"mailto:{TO}"
    assert {str(each) for each in told["ATTENDEE"]} == {f"mailto:{each}" for each in mails}


def test_without_the_wish_nobody_gets_a_letter(invite, api, ada):
    made = invite(send_invitations=False)
    url = f"{EVENTS}/{made['id']}"
    assert api(ada).patch(url, {"start": "2024-05-16T09:00:00+02:00"}).status_code == 200
    assert api(ada).delete(url).status_code == 204
    assert not OutgoingMessage.objects.exists()


def test_a_change_keeps_the_uid_and_has_a_higher_number(invite, api, ada, server):  # noqa: F811
    made = invite()
    first = event_in(sent(server)["anna@guest.example"])
    body = {"start": "2024-05-16T11:00:00+02:00", "send_invitations": True}
    assert api(ada).patch(f"{EVENTS}/{made['id']}", body).status_code == 200
    mail = sent(server)["anna@guest.example"]
    assert mail["Subject"].startswith("Updated: Planning, Thu 16 May 2024")
    assert event_in(mail)["UID"] == first["UID"]
    assert event_in(mail)["SEQUENCE"] == first["SEQUENCE"] + 1


@pytest.mark.parametrize("way", ["delete", "cancel"])
def test_what_is_called_off_is_told_with_the_same_uid(way, invite, api, ada, server):  # noqa: F811
    made = invite()
    first = event_in(sent(server)["anna@guest.example"])
    url = f"{EVENTS}/{made['id']}"
    if way == "delete":
        assert api(ada).delete(f"{url}?send_invitations=true").status_code == 204
    else:
        api(ada).patch(url, {"status": "cancelled", "send_invitations": True})
    mail = sent(server)["anna@guest.example"]
    told = event_in(mail)
    assert (object_in(mail)["METHOD"], told["STATUS"]) == ("CANCEL", "CANCELLED")
    assert told["UID"] == first["UID"]
    assert told["SEQUENCE"] == first["SEQUENCE"] + 1
    assert "does not take place" in mail.get_body(("plain",)).get_content()


def test_whoever_is_not_asked_any_more_hears_that_alone(invite, api, ada, eve, server):  # noqa: F811
    made = invite()
    sent(server)
    body = {"attendees": [{"user_id": str(eve.pk)}], "send_invitations": True}
    api(ada).patch(f"{EVENTS}/{made['id']}", body)
    mails = sent(server)
    assert object_in(mails["anna@guest.example"])["METHOD"] == "CANCEL"
    assert object_in(mails["eve@acme.example"])["METHOD"] == "REQUEST"


def test_one_occurrence_is_called_off_in_the_zone_of_its_series(invite, api, ada, server):  # noqa: F811
    made = invite(recurrence="FREQ=WEEKLY;COUNT=5", timezone="Europe/Berlin")
    mail = sent(server)["anna@guest.example"]
    assert "Repeats: every week" in mail.get_body(("plain",)).get_content()
    at = "?occurrence=2024-05-22T07:00:00Z&send_invitations=true"
    assert api(ada).delete(f"{EVENTS}/{made['id']}{at}").status_code == 204
    told = event_in(sent(server)["anna@guest.example"])
    assert told["RECURRENCE-ID"].params["TZID"] == "Europe/Berlin"
    assert told["RECURRENCE-ID"].dt.isoformat() == "2024-05-22T09:00:00+02:00"


def test_a_changed_occurrence_is_told_alone(invite, api, ada, server):  # noqa: F811
    made = invite(recurrence="FREQ=WEEKLY;COUNT=5", timezone="Europe/Berlin")
    sent(server)
    body = {"start": "2024-05-22T12:00:00+02:00", "send_invitations": True}
    at = f"{EVENTS}/{made['id']}?occurrence=2024-05-22T07:00:00Z"
    assert api(ada).patch(at, body).status_code == 200
    [told] = object_in(sent(server)["anna@guest.example"]).walk("VEVENT")
    assert (told["RECURRENCE-ID"].dt.hour, told["DTSTART"].dt.hour) == (9, 12)


def test_whoever_said_no_is_left_alone(invite, api, ada, eve, server):  # noqa: F811
    made = invite()
    sent(server)
    api(eve).post(f"{EVENTS}/{made['id']}/respond", {"answer": "declined"})
    api(ada).patch(f"{EVENTS}/{made['id']}", {"location": "Here", "send_invitations": True})
    assert set(sent(server)) == {"anna@guest.example"}


def test_an_invitation_that_waits_is_not_sent_once_the_event_is_gone(invite, api, ada, server):  # noqa: F811
    made = invite()
    api(ada).delete(f"{EVENTS}/{made['id']}")
    assert sent(server) == {}
    assert set(OutgoingMessage.objects.values_list("status", flat=True)) == {"cancelled"}


def test_the_offices_mailbox_sends_the_object_as_well(settings, invite, in_acme):
    tenant_cache.clear()
    with microsoft() as peer:
        settings.MS_LOGIN_BASE_URL = settings.MSGRAPH_BASE_URL = peer.url
        mailbox(peer)
        invite()
        deliver(list(OutgoingMessage.objects.values_list("pk", flat=True)))
        assert peer.wrong == []
    told = {each["toRecipients"][0]["emailAddress"]["address"]: each for each in peer.sent}
    assert set(told) == {"anna@guest.example", "eve@acme.example"}
    [part] = told["anna@guest.example"]["calendar"]
    read = message_from_string(part, policy=policy.default)
    assert read["Content-Type"].params["method"] == "REQUEST"
    assert Calendar.from_ical(read.get_content())["METHOD"] == "REQUEST"
    names = {each["name"] for each in told["anna@guest.example"]["internetMessageHeaders"]}
    assert "x-office-outbox-id" in names


def test_an_answer_by_mail_is_noted_and_the_organizer_told_once(event, ada):
    for _time in range(2):
        bring(reply(event, more="COMMENT:With pleasure"), Auto_Submitted="auto-generated")
    assert answer_of(event) == "accepted"
    told = OutgoingMessage.objects.get(kind="event_answer")
    assert told.recipient == ada
    assert told.subject == "Anna Guest accepted: Planning"
    assert "With pleasure" in told.text


def test_an_answer_of_a_member_counts_as_well(event, eve):
    vouched = f"{RELAY}; dmarc=pass header.from=acme.example"
    bring(reply(event, "TENTATIVE", who=eve.email), sender=eve.email, results=[vouched])
    assert Attendee.objects.get(event=event["pk"], person=eve).answer == "tentative"


@pytest.mark.parametrize(
    ("text", "letter_of"),
    [
        # Somebody else's answer, a letter that nobody vouches for, an event of nobody here.
        ({"who": "eve@acme.example"}, {}),
        ({}, {"sender": "mallory@guest.example"}),
        ({}, {"results": ["mx.evil.example; dmarc=pass header.from=guest.example"]}),
        ({}, {"results": [f"{RELAY}; dmarc=fail header.from=guest.example"]}),
        ({"method": "COUNTER"}, {}),
        ({"answer": "DELEGATED"}, {}),
        ({"more": "ATTENDEE;PARTSTAT=DECLINED:mailto:eve@acme.example"}, {}),
        ({"more": "RECURRENCE-ID:20200101T000000Z"}, {}),
    ],
)
def test_what_is_no_answer_of_the_sender_changes_nothing(text, letter_of, event):
    if "RECURRENCE-ID" in text.get("more", ""):
        Event.objects.filter(pk=event["pk"]).update(recurrence="FREQ=DAILY")
    bring(reply(event, **text), **letter_of)
    answers = set(Attendee.objects.filter(event=event["pk"]).values_list("answer", flat=True))
    assert answers == {"needs_action"}
    assert not OutgoingMessage.objects.exclude(kind="event_invitation").exists()


@pytest.mark.parametrize("text", ["", "METHOD:REPLY", "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:X"])
def test_broken_answers_change_nothing(text, event):
    bring(text or reply({"uid": "unknown"}))
    assert answer_of(event) == "needs_action"


def test_answers_that_come_in_the_wrong_order_end_with_the_last(event):
    bring(reply(event, "DECLINED", stamp=3))
    bring(reply(event, "ACCEPTED", stamp=2))
    assert answer_of(event) == "declined"


def test_an_answer_to_an_earlier_time_is_too_late(event, api, ada):
    api(ada).patch(f"{EVENTS}/{event['pk']}", {"start": "2024-05-20T09:00:00Z"})
    bring(reply(event, more="SEQUENCE:0"))
    assert answer_of(event) == "needs_action"
    bring(reply(event, more="SEQUENCE:1", stamp=2))
    assert answer_of(event) == "accepted"


def test_one_occurrence_can_be_declined(event):
    Event.objects.filter(pk=event["pk"]).update(recurrence="FREQ=WEEKLY;COUNT=4", ends_at=None)
    bring(reply(event, "DECLINED", more="RECURRENCE-ID:20240522T070000Z"))
    assert answer_of(event) == "needs_action"
    changed = Event.objects.get(series=event["pk"])
    assert changed.attendees.get(email=ANNA["email"]).answer == "declined"
