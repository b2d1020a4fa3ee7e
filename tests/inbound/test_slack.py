"""The office in Slack: signed and fresh, heard once, only from people who said who they are."""

import json
import re
from time import time
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from accounts.models import Channel, User
from common.origin import Origin, origin_of_writes
from connections.flows import keep_account
from connections.models import Connection
from connections.providers import Account, Tokens
from connections.services import check_connection
from inbound.linking import offer_in_slack
from inbound.models import Delivery
from inbound.slack import HELP, ON_IT, STRANGER, plain
from messaging.channels.slack import LONGEST, escaped, shortened
from messaging.contacts import link
from messaging.models import Contact, LinkCode, OutgoingMessage
from tasks.models import Task
from tenants.cache import tenant_cache
from tenants.context import public_context, tenant_context
from tenants.models import AccountEntry
from tests.connections.conftest import begin, come_back, finish_url
from tests.inbound import slack_calls as calls
from tests.inbound.conftest import work
from tests.inbound.slack_calls import EVES, TEAM, command, event, press, write
from tests.peers.slack import TOKEN, slack
from tests.peers.specs import vectors, why

ADDRESS = f"{TEAM}:{EVES}"


@pytest.fixture
def vendor(settings, in_acme):
    tenant_cache.clear()
    with slack() as peer:
        settings.SLACK_API_BASE_URL, settings.MESSAGE_RATES = peer.url, {}
        yield peer
    assert peer.wrong == []


def workspace(team=TEAM):
    account = Account(team, "Acme's workspace", ["chat:write"], Tokens(access_token=TOKEN))
    return keep_account(provider="slack", account=account, person=None)


@pytest.fixture
def team(vendor):
    return workspace()


@pytest.fixture
def eves_slack(eve, team):
    User.objects.filter(pk=eve.pk).update(notification_preference="slack")
    return link(person=eve, channel=Channel.SLACK, address=ADDRESS)


@pytest.fixture
def theirs(globex, mia):
    """Mia's browser, on the host of the other office."""
    browser = Client(headers={"host": "globex.localhost"})
    with tenant_context(globex):
        browser.force_login(mia)
    return browser


# --- Who may bring something


@pytest.mark.parametrize("vector", vectors("slack"), ids=why)
def test_signatures_are_those_of_slacks_own_library(vector, in_acme, settings):
    settings.SLACK_SIGNING_SECRET = vector["signing_secret"]
    headers = {
        "X-Slack-Request-Timestamp": vector["timestamp"],
        "X-Slack-Signature": vector["signature"],
    }
    with time_machine.travel(vector["now"], tick=False):
        answer = calls.post("commands", vector["body"].encode(), calls.FORM, headers)
    assert answer.status_code == (200 if vector["valid"] else 401)


@pytest.mark.parametrize("kind", ["events", "commands", "actions"])
@pytest.mark.parametrize(
    "forged",
    [
        lambda _body: {},
        lambda body: calls.signed(body, secret="another"),
        lambda body: calls.signed(body + b" "),
        lambda body: calls.signed(body, at=time() - 301),
        lambda body: calls.signed(body, at=time() + 310),
        lambda body: {**calls.signed(body), "X-Slack-Request-Timestamp": "½"},
        lambda body: {**calls.signed(body), "X-Slack-Signature": "v0=ü"},
    ],
)
def test_what_slack_did_not_sign_is_refused(kind, forged, db):
    answer = calls.post(kind, b"{}", "application/json", forged(b"{}"))
    assert answer.status_code == 401
    assert "signature" not in answer.content.decode().lower()


def test_without_a_secret_nothing_is_believed(settings, db):
    settings.SLACK_SIGNING_SECRET = ""
    headers = calls.signed(b"{}", secret="x")
    assert calls.post("events", b"{}", "application/json", headers).status_code == 401


def test_the_address_is_verified_by_its_challenge(db):
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw"}).encode()
    assert calls.post("events", body, "application/json").json() == {"challenge": "3eZbrw"}
    assert calls.post("events", body, "application/json", {}).status_code == 401


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"type":"event_callback"}',
    b'{"type":"event_callback","event":7}', b'{"type":"new_kind","event":{}}'])  # fmt: skip
def test_strange_events_are_answered_and_left_alone(body, in_acme):
    assert calls.post("events", body, "application/json").status_code == 200
    assert not Delivery.objects.exists()


# --- What is written


def test_a_direct_message_becomes_a_task_and_is_answered_there(eves_slack, vendor, eve):
    assert write("Order new badges tomorrow at 3pm").json() == {}
    work()
    task = Task.objects.get()
    assert (task.title, task.source) == ("Order new badges", "slack")
    [answer] = vendor.posted
    assert answer["channel"] == EVES
    assert "Order new badges" in answer["text"]
    [_section, row] = answer["blocks"]
    assert row["elements"][0]["value"].endswith(":undo")
    message = OutgoingMessage.objects.get(kind="reply")
    assert (message.status, message.provider_id) == ("sent", "D0EVE00001:1700000001.000100")


def test_a_mention_is_heard_without_the_mention(eves_slack):
    event({"type": "app_mention", "user": EVES, "text": "<@U0BOT> call Bob tomorrow", "ts": "1"})
    [delivery] = Delivery.objects.all()
    assert delivery.text == "call Bob tomorrow"


def test_the_same_event_three_times_is_heard_once(eves_slack, vendor):
    for _each in range(3):
        write("Order new badges tomorrow", event_id="Ev1")
    work()
    work()
    assert Task.objects.count() == 1
    assert len(vendor.posted) == 1


@pytest.mark.parametrize(
    "inner",
    [
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"subtype": "message_changed"},
        {"user": calls.BOT},
        {"channel_type": "channel"},
        {"type": "reaction_added"},
        {"user": None},
        {"text": None},
    ],
)
def test_bots_ourselves_and_other_events_are_not_heard(inner, eves_slack, vendor):
    write("Order new badges", **inner)
    assert not Delivery.objects.exists()
    assert vendor.posted == []


def test_a_button_says_what_stands_on_it_once(eves_slack, vendor):
    write("Order new badges tomorrow at 3pm")
    work()
    undo = vendor.posted[0]["blocks"][1]["elements"][0]["value"]
    for _each in range(2):
        press(undo, moment="9.9")
    work()
    assert not Task.objects.exists()
    assert Delivery.objects.count() == 2


def test_the_outcome_stands_where_the_button_was(eves_slack, vendor):
    write("Order new badges tomorrow at 3pm")
    work()
    place = OutgoingMessage.objects.get().provider_id
    press(vendor.posted[0]["blocks"][1]["elements"][0]["value"], place=place)
    work()
    [edited] = vendor.updated
    assert f"{edited['channel']}:{edited['ts']}" == place
    assert edited["text"] == "Undone: “Order new badges” is as it was before."
    # Else the old buttons would stay.
    assert edited["blocks"] == []
    assert len(vendor.posted) == 1


def test_an_outcome_whose_place_is_gone_is_posted(eves_slack, vendor):
    write("Order new badges tomorrow at 3pm")
    work()
    place = OutgoingMessage.objects.get().provider_id
    vendor.refuses("message_not_found")
    press(vendor.posted[0]["blocks"][1]["elements"][0]["value"], place=place)
    work()
    assert vendor.posted[1]["text"] == "Undone: “Order new badges” is as it was before."


@pytest.mark.parametrize("payload", ["", "{", "[]", '{"type":"view_submission"}', '{"actions":[]}'])
def test_strange_buttons_are_left_alone(payload, in_acme):
    body = urlencode({"payload": payload}).encode()
    assert calls.post("actions", body, calls.FORM).status_code == 200
    assert not Delivery.objects.exists()


def test_a_command_is_answered_at_once_and_done_afterwards(eves_slack, vendor):
    said = command("Order new badges tomorrow at 3pm").json()
    assert said == {"response_type": "ephemeral", "text": ON_IT}
    work()
    assert Task.objects.get().title == "Order new badges"
    assert command("help").json()["text"] == HELP


def test_marks_of_slacks_notation_are_read_as_they_were_typed():
    assert plain("<@U1> mail <mailto:a@b.example|a@b.example> &lt;b&gt; R&amp;D") == (
        "mail a@b.example <b> R&D"
    )


# --- Who is who


def test_somebody_of_the_workspace_links_by_an_address_that_is_good_once(
    team, vendor, eve, browser
):
    write("hello")
    assert not Delivery.objects.exists()
    offer_in_slack(ADDRESS)
    [message] = vendor.posted
    assert message["channel"] == EVES
    path = re.search(r"localhost(?::\d+)?(/notifications/slack/[\w-]+)", message["text"])[1]
    page = browser(eve).get(path)
    assert "Acme&#x27;s workspace" in page.content.decode()
    assert not Contact.objects.exists()
    assert "is linked" in browser(eve).post(path, follow=True).content.decode()
    assert Contact.objects.get().address == ADDRESS
    Contact.objects.all().delete()
    assert "good no longer" in browser(eve).post(path, follow=True).content.decode()
    assert "good no longer" in browser(eve).get(path, follow=True).content.decode()
    assert not Contact.objects.exists()


def test_the_address_stands_in_the_answer_to_a_command(team, eve, browser):
    text = command("call Bob").json()["text"]
    path = re.search(r"localhost(?::\d+)?(/notifications/slack/[\w-]+)", text)[1]
    browser(eve).post(path)
    assert Contact.objects.get().person == eve
    assert not Delivery.objects.exists()


def test_the_address_is_worth_nothing_in_another_office(team, globex, theirs):
    text = command("call Bob").json()["text"]
    path = re.search(r"localhost(?::\d+)?(/notifications/slack/[\w-]+)", text)[1]
    assert "good no longer" in theirs.post(path, follow=True).content.decode()
    with tenant_context(globex):
        assert not Contact.objects.exists()


def test_strangers_learn_nothing_and_leave_nothing(in_acme, vendor):
    assert write("hello", user="U0STRANGER").json() == {}
    assert command("call Bob", team="T0OTHER").json()["text"] == STRANGER
    assert not Delivery.objects.exists()
    assert not LinkCode.objects.exists()
    assert vendor.posted == []


def test_somebody_who_writes_on_is_offered_one_address_a_minute(team, vendor):
    for _each in range(3):
        offer_in_slack(ADDRESS)
    assert len(vendor.posted) == 1
    assert LinkCode.objects.count() == 1


# --- The workspace


def test_a_workspace_is_connected_by_an_admin_and_belongs_to_one_office(
    vendor, api, ada, browser, mia_api, theirs
):
    query = begin(api(ada), "slack")
    answer = come_back("slack", code="1", state=query["state"])
    browser(ada).get(finish_url(answer))
    made = Connection.objects.get()
    assert (made.account_key, made.person, made.state) == (TEAM, None, "active")
    assert made.details["bot_user_id"] == calls.BOT

    query = begin(mia_api, "slack")
    page = come_back("slack", code="1", state=query["state"]).content.decode()
    path = re.search(r"localhost(?::\d+)?(/connections/finish\?state=[^\"]+)", page)[1]
    told = theirs.get(path, follow=True).content.decode()
    assert "connected with another office" in told
    with public_context():
        assert AccountEntry.objects.count() == 1


def test_a_disconnected_workspace_is_free_for_another_office(team, vendor, api, ada, globex):
    assert api(ada).delete("/api/v1/integrations/slack").status_code == 204
    assert vendor.revoked == [TOKEN]
    with tenant_context(globex):
        assert workspace().state == "active"


@pytest.mark.parametrize(
    "inner",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}],
)
def test_a_workspace_that_throws_us_out_is_revoked_and_the_admin_told_once(inner, team, ada):
    for _each in range(2):
        event(inner)
    team.refresh_from_db()
    assert (team.state, team.secrets) == ("revoked", "")
    [notice] = OutgoingMessage.objects.filter(kind="reconnect")
    assert notice.recipient == ada


def test_a_persons_own_token_that_ends_ends_nothing_of_ours(team):
    event({"type": "tokens_revoked", "tokens": {"oauth": [EVES]}})
    team.refresh_from_db()
    assert team.state == "active"


def test_a_workspace_is_checked(team, vendor):
    assert check_connection(team.pk) == ""
    vendor.refuses("account_inactive")
    assert "connect it again" in check_connection(team.pk)
    team.refresh_from_db()
    assert team.state == "revoked"


# --- Sending


def owed(vendor, eve):
    write("help")
    with origin_of_writes(Origin(source="job")):
        work()
    return OutgoingMessage.objects.filter(channel="slack").latest("created_at")


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "not_in_channel"])
def test_what_slack_refuses_for_good_has_failed_and_goes_another_way(
    error, eves_slack, vendor, eve
):
    vendor.refuses(error)
    message = owed(vendor, eve)
    assert (message.status, message.reason) == ("failed", f"Slack said {error}.")
    assert OutgoingMessage.objects.filter(instead_of=message, channel="email").exists()


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_token_that_slack_took_back_revokes_the_workspace(error, eves_slack, vendor, eve, team):
    vendor.refuses(error)
    assert owed(vendor, eve).status == "failed"
    team.refresh_from_db()
    assert team.state == "revoked"


def test_slack_is_left_alone_as_long_as_it_says(eves_slack, vendor, eve):
    vendor.refuses("ratelimited", 429, Retry_After="70")
    message = owed(vendor, eve)
    assert (message.status, message.uncounted) == ("queued", 1)


def test_a_line_that_was_cut_leaves_it_to_a_person(eves_slack, vendor, eve):
    vendor.script = [None]
    message = owed(vendor, eve)
    assert message.in_doubt_since is not None
    assert vendor.posted == []


def test_a_long_text_with_marks_fits_into_a_message():
    text = "line with <b> & more\n" * 450
    assert len(text) > 9000
    short = escaped(shortened(text))
    assert len(short) <= LONGEST
    assert short.endswith("\n…")
    assert "<b>" not in short
