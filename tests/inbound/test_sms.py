"""The office by SMS: consent first, numbers that were shown to be one's own, heard once."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Channel
from accounts.services import create_user
from inbound.models import Delivery
from inbound.twilio import HELP_TEXT, is_signed
from messaging.contacts import link
from messaging.models import Contact, LinkCode, OutgoingMessage
from tasks.models import Task
from tenants.context import public_context, tenant_context
from tenants.directory import people_at
from tenants.models import Consent
from tests.conftest import PASSWORD
from tests.inbound.conftest import work
from tests.inbound.twilio_calls import SMS, post, signature, sms
from tests.peers.specs import vectors, why
from tests.peers.twilio import ACCOUNT, NUMBER, TOKEN, twilio

EVES, STRANGE = "+4915112345678", "+12025550123"
OWN = "/api/v1/integrations/sms/number"
CONFIRM = "/api/v1/integrations/sms/confirm"
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


@pytest.fixture
def vendor(settings):
    with twilio() as peer:
        settings.TWILIO_API_BASE_URL = peer.url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.TWILIO_PHONE_NUMBER, settings.MESSAGE_RATES = NUMBER, {}
        yield peer
    assert peer.wrong == []


@pytest.fixture
def eves_number(eve, vendor):
    return link(person=eve, channel=Channel.SMS, address=EVES)


def says(answer):
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    return answer.content.decode()


# --- Whose number it is


def code_sent_to(client, vendor, number=EVES):
    assert client.post(OWN, {"number": number}).status_code == 202
    work()
    last = vendor.messages[-1]
    assert last["to"] == number
    [code] = re.findall(r"^([0-9]{6}) is your code for Acme", last["body"])
    return code


def test_a_number_is_ones_own_once_its_code_was_shown(api, eve, in_acme, vendor):
    client = api(eve)
    code = code_sent_to(client, vendor)
    assert people_at("sms", EVES) == []
    answer = client.post(CONFIRM, {"code": code})
    assert (answer.status_code, answer.json()) == (200, {"number": EVES})
    assert people_at("sms", EVES) == [(in_acme, eve.pk)]
    assert code not in repr(list(LinkCode.objects.values()))
    assert client.post(CONFIRM, {"code": code}).status_code == 400


@pytest.mark.parametrize("spoil", ["wrong", "late", "newer", "somebody else's"])
def test_a_code_that_is_no_good_links_nothing(spoil, api, eve, max_, vendor):
    code = code_sent_to(api(eve), vendor)
    client = api(max_ if spoil == "somebody else's" else eve)
    if spoil == "wrong":
        code = f"{(int(code) + 1) % 10**6:06}"
    elif spoil == "late":
        LinkCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif spoil == "newer":
        while code_sent_to(client, vendor) == code:
            pass
    answer = client.post(CONFIRM, {"code": code})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "code")
    assert not Contact.objects.exists()


def test_after_five_wrong_ones_the_right_one_is_no_good_either(api, eve, vendor):
    client = api(eve)
    code = code_sent_to(client, vendor)
    for number in range(1, 6):
        assert (
            client.post(CONFIRM, {"code": f"{(int(code) + number) % 10**6:06}"}).status_code == 400
        )
    assert client.post(CONFIRM, {"code": code}).status_code == 400
    assert not Contact.objects.exists()


def test_at_most_five_codes_in_an_hour(api, in_acme, vendor, settings):
    settings.TELEPHONE_CODES = (5, 3600)
    nia = create_user(email="nia@acme.example", full_name="Nia", role="employee", password=PASSWORD)
    client = api(nia)
    for _each in range(5):
        assert client.post(OWN, {"number": EVES}).status_code == 202
    answer = client.post(OWN, {"number": EVES})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600


def test_a_code_that_does_not_go_out_goes_no_other_way(api, eve, vendor):
    vendor.refuses(400, 21211, "Invalid 'To' Phone Number")
    api(eve).post(OWN, {"number": EVES})
    work()
    message = OutgoingMessage.objects.get(kind="telephone_code")
    assert (message.status, message.address) == ("failed", EVES)
    assert not OutgoingMessage.objects.filter(instead_of=message).exists()


@pytest.mark.parametrize("number", ["", "0151 123", "+0", "+49151123456789012", "sms", None])
def test_what_is_no_number_is_refused_by_name(number, api, eve, vendor):
    answer = api(eve).post(OWN, {"number": number})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "number")


def test_forgetting_the_number_ends_it(api, eve, eves_number, vendor):
    assert api(eve).delete(OWN).status_code == 204
    assert people_at("sms", EVES) == []


def test_without_an_account_no_code_is_sent(api, eve, settings):
    settings.TWILIO_AUTH_TOKEN = ""
    assert api(eve).post(OWN, {"number": EVES}).status_code == 404


# --- What is written


def test_a_sentence_becomes_a_task_and_the_answer_comes_as_sms(eve, eves_number, vendor):
    assert says(sms("remind me to water the plants tomorrow at 3pm", EVES)) == NOTHING
    work()
    task = Task.objects.get(creator=eve)
    assert (task.title, task.source, task.assignee) == ("Water the plants", "sms", eve)
    [sent] = vendor.messages
    assert sent["to"] == EVES
    # What printers use for quotes would double the price.
    assert sent["body"].startswith('"Water the plants" is written down')


def test_what_comes_twice_is_heard_once(eve, eves_number, vendor):
    for _each in range(2):
        assert says(sms("call Bob tomorrow", EVES, sid="SM" + "1" * 32)) == NOTHING
    work()
    assert Task.objects.filter(creator=eve).count() == 1


def test_strangers_learn_nothing_and_nothing_of_theirs_is_stored(vendor, in_acme):
    for text in ("call Bob", "HELP", "START", "STOP", ""):
        assert says(sms(text, "+12025550123")) == NOTHING
    work()
    assert not Delivery.objects.exists()
    assert vendor.messages == []


# --- Consent


@pytest.mark.parametrize("word", ["STOP", "stop ", "Unsubscribe", "CANCEL", "End", "quit"])
def test_stop_ends_it_before_anything_is_read_as_an_answer(word, eves_number, vendor, in_acme):
    assert says(sms(word, EVES)) == NOTHING
    assert people_at("sms", EVES) == []
    assert Contact.objects.get().closed_why == "The person wrote STOP."
    assert not Delivery.objects.exists()
    # Nothing is heard either, until START.
    assert says(sms("call Bob", EVES)) == NOTHING
    assert not Delivery.objects.exists()


def test_the_carriers_own_stop_counts_as_well(eves_number, vendor):
    sms("Arrêt", EVES, OptOutType="STOP")
    assert people_at("sms", EVES) == []


def test_start_opens_it_again(eve, eves_number, vendor, in_acme):
    sms("STOP", EVES)
    assert says(sms("start", EVES)) == NOTHING
    assert people_at("sms", EVES) == [(in_acme, eve.pk)]


def test_yes_is_an_answer_where_nothing_was_stopped(eves_number, vendor):
    sms("YES", EVES)
    assert Delivery.objects.get().text == "YES"


def test_help_is_answered_at_once(eves_number, vendor):
    assert f"<Message>{HELP_TEXT}</Message>" in says(sms("help", EVES))
    assert not Delivery.objects.exists()


def test_stop_holds_in_every_office_that_knows_the_number(eves_number, mia, globex, vendor):
    with tenant_context(globex):
        link(person=mia, channel=Channel.SMS, address=EVES)
    sms("STOP", EVES)
    assert people_at("sms", EVES) == []
    assert len(people_at("sms", EVES, closed=True)) == 2


def outcome_of_sms(client, to=STRANGE):
    answer = client.post("/api/v1/sms/send", {"to": to, "message": "Your parcel is here."})
    return answer.status_code


def consents():
    with public_context():
        return list(Consent.objects.all())


def test_stop_from_a_number_of_nobody_ends_what_any_office_sends_there(api, ada, mia_api, vendor):
    assert outcome_of_sms(api(ada)) == 202
    work()
    assert says(sms("Stop", STRANGE)) == NOTHING
    [kept] = consents()
    assert (kept.sender, kept.address, kept.is_given) == (NUMBER, STRANGE, False)
    assert (kept.source, kept.text) == ("person", "Stop")
    assert timezone.now() - kept.said_at < timedelta(minutes=1)
    assert outcome_of_sms(api(ada)) == 409
    assert outcome_of_sms(mia_api) == 409
    assert len(vendor.messages) == 1
    assert says(sms("START", STRANGE)) == NOTHING
    assert outcome_of_sms(api(ada)) == 202
    work()
    assert len(vendor.messages) == 2


def test_stop_between_owing_and_sending_is_obeyed(api, ada, vendor):
    api(ada).post("/api/v1/sms/send", {"to": STRANGE, "message": "Your parcel is here."})
    sms("STOP", STRANGE)
    work()
    message = OutgoingMessage.objects.get(address=STRANGE)
    assert (message.status, message.reason) == ("failed", "The person wrote STOP.")
    assert vendor.messages == []


def test_what_the_provider_says_of_consent_holds_for_all_offices(api, ada, mia_api, vendor):
    vendor.refuses(400, 21610, "Attempt to send to unsubscribed recipient")
    outcome_of_sms(api(ada))
    work()
    assert [each.source for each in consents()] == ["provider"]
    assert outcome_of_sms(mia_api) == 409


def test_stop_to_another_number_of_ours_leaves_this_one_open(api, ada, vendor):
    sms("STOP", STRANGE, To="+15005550007")
    assert outcome_of_sms(api(ada)) == 202


def test_start_of_a_stranger_who_stopped_nothing_is_not_kept(vendor, in_acme):
    sms("START", STRANGE)
    assert consents() == []


def test_no_code_goes_to_a_number_that_said_stop(api, max_, eves_number, vendor):
    sms("STOP", EVES)
    answer = api(max_).post(OWN, {"number": EVES})
    assert answer.status_code == 409
    assert vendor.messages == []


# --- Who calls


@pytest.mark.parametrize("signed", ["", "AAAA", "wG8RQn7MEw0nYAIvMse0+j7vw0k=", "ü"])
def test_what_twilio_did_not_sign_is_refused(signed, eves_number, vendor):
    form = {"MessageSid": "SM1", "From": EVES, "Body": "call Bob"}
    answer = post(SMS, form, signed=signed)
    assert answer.status_code == 403
    assert not Delivery.objects.exists()


def test_the_token_before_is_good_while_it_is_changed(settings, eves_number, vendor):
    settings.TWILIO_PREVIOUS_AUTH_TOKEN = "the-one-before"
    form = {"MessageSid": "SM1", "From": EVES, "Body": "call Bob"}
    assert post(SMS, form, signed=signature(SMS, form, "the-one-before")).status_code == 200
    assert post(SMS, form, signed=signature(SMS, form, "another")).status_code == 403


def test_no_account_no_entrance(settings, eves_number, vendor):
    settings.TWILIO_AUTH_TOKEN = settings.TWILIO_PREVIOUS_AUTH_TOKEN = ""
    form = {"MessageSid": "SM1", "From": EVES, "Body": "call Bob"}
    assert post(SMS, form, signed="AAAA").status_code == 403


@pytest.mark.parametrize("vector", vectors("twilio"), ids=why)
def test_signatures_of_the_vendors_description(vector, settings):
    settings.TWILIO_AUTH_TOKEN = vector["auth_token"]
    settings.PUBLIC_URL = "https://office.example.com"
    given = {
        name: value if isinstance(value, list) else [value]
        for name, value in vector.get("form", {}).items()
    }
    algorithm = vector.get("algorithm")
    found = is_signed(
        path=vector["url"].removeprefix("https://office.example.com"),
        values=given,
        signature=vector["signature"],
        settings_header=f"key=x,algorithm={algorithm}" if algorithm else "",
        body=vector.get("json_body", "").encode(),
    )
    # Behind a proxy the address is the public one, whatever the request says.
    assert found == (vector["valid"] and vector["url"].startswith("https://"))
