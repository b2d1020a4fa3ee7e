"""Whatever a sentence comes in by, it becomes the draft that the conventions ask for.

Each line of `utterances.jsonl` is said at its own time, in its own zone and language, by somebody
of an office with the line's hours. What happens to the draft behind the door is not asked here.

A call costs ten milliseconds and more, and there are many lines, each of which is read without a
door in `test_utterances`: each goes through one door, those with an hour, zone or office of their
own and some of each intent through all. `ALL_DOORS=1` sends each through all, which takes minutes.
"""

import os
import re
import smtplib
from email.message import EmailMessage
from itertools import count, groupby

import pytest
import time_machine

from accounts.models import Channel, Role, Team, TeamMembership, User
from assistant import services
from assistant.llm.engine import OfficeInterpreter
from assistant.local.answers import read_answer
from common.errors import UnprocessableError
from inbound.answering import answer_delivery
from inbound.mail import take_letter
from inbound.management.commands.receive_mail import listener
from inbound.models import TOUCH, Delivery
from inbound.telegram import webhook_secret
from inbound.twilio import HELP, START, STOP
from messaging.channels.slack import escaped
from messaging.contacts import link
from tenants.context import public_context
from tenants.settings import TenantSettings
from tests.assistant import local_office
from tests.assistant.local_office import DIRECTORY, GONE, NOW
from tests.assistant.test_utterances import (
    INTENTS,
    LINES,
    MEMBERS,
    STATUSES,
    described,
    expected,
)
from tests.inbound import slack_calls
from tests.inbound.conftest import WEBHOOK
from tests.inbound.test_mail import GOOD, RELAY, TO, free_port
from tests.inbound.twilio_calls import sms
from tests.pages.conftest import HTMX
from tests.peers.telegram import TOKEN

# How many lines of each intent go through all doors.
FEW = 2
CHAT, NUMBER = 4711, "+4915112345678"
UPDATES, LETTERS = count(1), count(1)
MAIL_ADDRESS = re.compile(r"[\w.]+@[\w.]+\.\w+")


class HeardError(UnprocessableError):
    """Stands in for what would be done with a draft: each door answers to it as to a refusal."""


class Ear:
    """The office's interpreter, which remembers what it made of a text and lets nothing follow."""

    def __init__(self, interpreter, drafts, *, goes_on):
        self.interpreter, self.drafts, self.goes_on = interpreter, drafts, goes_on

    def interpret(self, text, context):
        draft = self.interpreter.interpret(text, context)
        self.drafts.append(draft)
        if not self.goes_on:
            raise HeardError("Heard.", code="heard")
        return draft


class Hall:
    """Somebody before all doors at one moment, signed in by each."""

    def __init__(self, api, page, letters):
        self.api, self.page, self.letters = api, page, letters

    def from_text(self, text):
        self.api.post("/api/v1/tasks/from-text", {"text": text, "dry_run": True})

    def event_from_text(self, text):
        self.api.post("/api/v1/calendar/events/from-text", {"text": text, "dry_run": True})

    def chat(self, text):
        self.api.post("/api/v1/assistant/chat", {"message": text})

    def preview(self, text):
        self.page.get("/quick-add/preview", {"text": text}, **HTMX)

    def quick_add(self, text):
        self.page.post("/quick-add", {"text": text}, **HTMX)

    def telegram(self, text):
        message = {"chat": {"id": CHAT, "type": "private"}, "text": text}
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook_secret()}
        self.api.client.post(
            WEBHOOK, {"update_id": next(UPDATES), "message": message}, headers=headers
        )
        self.work()

    def twilio(self, text):
        assert sms(text, NUMBER).status_code == 200
        self.work()

    def slack(self, text):
        # Slack marks addresses, and what its own marks are made of.
        typed = MAIL_ADDRESS.sub(r"<mailto:\g<0>|\g<0>>", escaped(text))
        assert slack_calls.write(typed).status_code == 200
        self.work()

    def email(self, text):
        letter = EmailMessage()
        letter["Authentication-Results"] = GOOD
        letter["From"], letter["To"] = "Ada <ada@acme.example>", TO
        letter["Message-ID"] = f"<{next(LETTERS)}@acme.example>"
        letter.set_content(text)
        self.letters.hand_over(letter)
        self.work()

    def work(self):
        """Do what the worker does with what came in."""
        for delivery in Delivery.objects.filter(answered_at=None):
            answer_delivery(delivery.pk)
        Delivery.objects.all().delete()


class Letters:
    """A relay that hands letters over by LMTP; the test's own thread stores what was received."""

    def __init__(self, port, received):
        self.port, self.received = port, received

    def hand_over(self, letter):
        with smtplib.LMTP("127.0.0.1", self.port) as relay:
            assert relay.sendmail("ada@acme.example", [TO], letter.as_bytes()) == {}
        envelope = self.received.pop()
        take_letter(envelope.content, envelope.rcpt_tos, envelope.mail_from)


def is_answer(text):
    """Whether a conversation takes the text as the answer to a proposal, and does not read it."""
    said = read_answer(text, "en")
    return said is not None and said.kind in {"yes", "no"}


def is_command(text):
    """Whether a bot obeys the text."""
    return text.strip().startswith(("/", TOUCH))


def is_consent(text):
    """Whether a telephone's owner says with it what may be sent there."""
    return text.strip().upper() in {*HELP, *START, *STOP}


# Each door, and what it keeps to itself.
DOORS = {
    Hall.chat: is_answer,
    Hall.from_text: lambda _text: False,
    Hall.event_from_text: lambda _text: False,
    Hall.preview: lambda _text: False,
    Hall.quick_add: lambda _text: False,
    Hall.telegram: lambda text: is_answer(text) or is_command(text),
    Hall.twilio: lambda text: is_answer(text) or is_consent(text),
    Hall.slack: is_answer,
    Hall.email: is_answer,
}


def lines_for(door):
    """What is said at a door; they take turns."""
    if os.environ.get("ALL_DOORS"):
        return LINES
    turn, some = list(DOORS).index(door), FEW * list(INTENTS)
    chosen = []
    for number, line in enumerate(LINES):
        is_one_of_few = line["intent"] in some
        if is_one_of_few:
            some.remove(line["intent"])
        is_special = not {"now", "zone", "closes", "fiscal_year_starts"}.isdisjoint(line)
        if is_one_of_few or is_special or number % len(DOORS) == turn:
            chosen.append(line)
    return chosen


def circumstances(line):
    """When, where, in which language and in what office a line is said."""
    office = line.get("closes", "17:00"), line.get("fiscal_year_starts", 1)
    return (
        line.get("now", NOW.isoformat()),
        line.get("zone", "UTC"),
        line.get("locale", "en"),
        office,
    )


@pytest.fixture
def drafts(monkeypatch):
    """What all doors have made of what came in."""
    heard = []
    rules = Ear(services.rules, heard, goes_on=True)
    monkeypatch.setattr(services, "rules", rules)
    office = OfficeInterpreter(rules.interpreter)
    monkeypatch.setattr(services, "interpreter", Ear(office, heard, goes_on=False))
    return heard


@pytest.fixture
def people(in_acme):
    """The people, teams and roles of whom the lines speak, and nobody else."""
    made = {GONE: User(full_name="Gone", email="gone@acme.example", is_active=False)}
    User.objects.exclude(email="ada@acme.example").update(is_active=False)
    for person in DIRECTORY.people:
        known = User.objects.filter(email=person.email).first()
        user = made[person.id] = known or User(email=person.email)
        user.full_name, user.is_active = person.full_name, True
    roles = {role.name: Role.objects.get_or_create(name=role.name)[0] for role in DIRECTORY.roles}
    for user in made.values():
        user.role = roles["employee"]
    for entry in DIRECTORY.roles:
        for member in entry.member_ids:
            made[member].role = roles[entry.name]
    for user in made.values():
        user.save()
    Team.objects.all().delete()
    for team in DIRECTORY.teams:
        row = Team.objects.create(name=team.name)
        for position, member in enumerate(team.member_ids):
            TeamMembership.objects.create(team=row, user=made[member], position=position)
    return made


@pytest.fixture
def letters(monkeypatch):
    received = []
    # A thread of its own would not see what the test's transaction holds.
    monkeypatch.setattr("inbound.management.commands.receive_mail.store", received.append)
    door = listener(host="127.0.0.1", port=free_port())
    door.start()
    yield Letters(door.port, received)
    door.stop()


@pytest.fixture
def hall(people, acme, api, browser, letters, settings):
    """`hall(circumstances)` is Ada before the doors."""
    settings.INBOUND_MAIL_DOMAIN, settings.INBOUND_MAIL_AUTHSERV = "in.example", RELAY
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC1", "secret"
    settings.TWILIO_PHONE_NUMBER, settings.MESSAGE_RATES = "+15005550006", {}
    ada = people[local_office.ADA.id]
    link(person=ada, channel=Channel.TELEGRAM, address=str(CHAT))
    link(person=ada, channel=Channel.SMS, address=NUMBER)
    mine = f"{slack_calls.TEAM}:{slack_calls.EVES}"
    link(person=ada, channel=Channel.SLACK, address=mine)

    def enter(zone, locale, office):
        ada.timezone, ada.locale = zone, locale
        ada.save()
        acme.settings = TenantSettings(office_closes=office[0], fiscal_year_starts=office[1])
        with public_context():
            acme.save()
        return Hall(api(ada), browser(ada), letters)

    return enter


def assert_is_as_expected(draft, line):
    assert described(draft, line) == expected(line)
    member, team = MEMBERS.get(line.get("assignee"), (None, None))
    assert (draft.assignee and draft.assignee.full_name) == (member and member.full_name)
    assert (draft.assignee and draft.assignee.team_name) == (team and team.name)
    if not member:
        assert draft.assignee_status is STATUSES[line.get("assignee")]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_door_makes_the_draft_of_the_conventions(door, hall, drafts):
    keeps, said, spoken = DOORS[door], lines_for(door), 0
    for (now, *where), lines in groupby(sorted(said, key=circumstances), key=circumstances):
        with time_machine.travel(now, tick=False):
            here = hall(*where)
            for line in lines:
                text = line["text"]
                if not text.strip() or "\0" in text or keeps(text):
                    continue
                drafts.clear()
                door(here, text)
                [draft] = drafts
                assert_is_as_expected(draft, line)
                spoken += 1
    # What a door keeps to itself are single words.
    assert spoken > 0.9 * len(said)
