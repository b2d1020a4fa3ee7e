"""Who a Telegram chat belongs to: linked by its owner, left by them, nobody's to a stranger."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import create_user
from inbound.models import Delivery
from inbound.telegram import BAD_CODE, HELP, STRANGER
from messaging.contacts import link
from messaging.models import Contact, LinkCode
from tenants.context import public_context, tenant_context
from tenants.directory import people_at
from tenants.models import ChatEntry
from tests.conftest import PASSWORD
from tests.inbound.conftest import CHAT
from tests.inbound.telegram_calls import SENTENCE

LINK = "/api/v1/integrations/telegram/link"


def code_for(client):
    url = urlsplit(client.post(LINK).json()["url"])
    assert (url.netloc, url.path) == ("t.me", "/acme_office_bot")
    [code] = parse_qs(url.query)["start"]
    return code


# --- Linking


def test_the_link_from_the_office_makes_the_chat_ones_own(api, eve, in_acme, write):
    code = code_for(api(eve))
    assert len(code) == 43
    reply = write(f"/start {code}")
    assert (reply["method"], reply["chat_id"]) == ("sendMessage", CHAT)
    assert f"linked with {eve.full_name} at Acme" in reply["text"]
    assert people_at("telegram", str(CHAT)) == [(in_acme, eve.pk)]
    assert code not in repr(list(LinkCode.objects.values()))


@pytest.mark.parametrize("spoil", ["used", "late", "newer", "made up", "inactive", "nonsense"])
def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(spoil, api, eve, write):
    code = code_for(api(eve))
    if spoil == "used":
        write(f"/start {code}", chat=1)
    elif spoil == "late":
        LinkCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif spoil == "newer":
        code_for(api(eve))
    elif spoil == "inactive":
        User.objects.filter(pk=eve.pk).update(is_active=False)
    else:
        code = code[:-4] + "AAAA" if spoil == "made up" else "%%%"
    assert write(f"/start {code}")["text"] == BAD_CODE
    assert people_at("telegram", str(CHAT)) == []


def test_who_is_linked_again_leaves_the_old_chat(api, eve, write):
    write(f"/start {code_for(api(eve))}", chat=1)
    write(f"/start {code_for(api(eve))}", chat=2)
    assert people_at("telegram", "1") == []
    assert Contact.objects.get(person=eve).address == "2"


def test_a_chat_that_changes_hands_belongs_to_the_new_one_alone(api, eve, max_, in_acme, write):
    write(f"/start {code_for(api(eve))}")
    write(f"/start {code_for(api(max_))}")
    assert people_at("telegram", str(CHAT)) == [(in_acme, max_.pk)]
    assert not Contact.objects.filter(person=eve).exists()


def test_unlinking_in_the_office_ends_it(api, eve, eves_chat, write):
    assert api(eve).delete(LINK).status_code == 204
    assert write("call Bob")["text"] == STRANGER


def test_without_a_bot_there_is_no_link(api, eve, settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    assert api(eve).post(LINK).status_code == 404


# --- Strangers


@pytest.mark.parametrize("text", ["call Bob", "/help", "/stop", "/tenant", "/start"])
def test_a_stranger_learns_nothing_and_leaves_nothing(text, write, in_acme):
    assert write(text)["text"] == STRANGER
    assert not Delivery.objects.exists()
    with public_context():
        assert not ChatEntry.objects.exists()


def test_who_was_let_out_is_a_stranger(eve, eves_chat, write):
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert write("call Bob")["text"] == STRANGER
    assert not Delivery.objects.exists()


# --- Leaving, and several offices


def test_stop_ends_it_and_a_new_link_begins_anew(api, eve, eves_chat, write):
    assert "Nothing comes here any more" in write("/stop")["text"]
    assert write("call Bob")["text"] == STRANGER
    write(f"/start {code_for(api(eve))}")
    assert write("/help")["text"] == HELP


def test_who_blocks_the_bot_is_written_to_no_more(brought, eve, eves_chat):
    member = {"chat": {"id": CHAT, "type": "private"}, "new_chat_member": {"status": "kicked"}}
    assert brought({"update_id": 1, "my_chat_member": member}).json() == {}
    eves_chat.refresh_from_db()
    assert eves_chat.closed_at is not None
    assert people_at("telegram", str(CHAT)) == []


def test_one_chat_of_two_offices_speaks_to_the_one_that_was_chosen(
    eve, eves_chat, write, globex, in_acme
):
    with tenant_context(globex):
        twin = create_user(
            email="eve@acme.example", full_name="Eve Twin", role="employee", password=PASSWORD
        )
        link(person=twin, channel="telegram", address=str(CHAT))
    told = write("/tenant")["text"]
    assert "meant for Globex" in told
    assert "/tenant acme changes to Acme" in told
    assert "meant for Acme" in write("/tenant acme")["text"]
    write(SENTENCE)
    assert Delivery.objects.count() == 1
    with tenant_context(globex):
        assert not Delivery.objects.exists()
