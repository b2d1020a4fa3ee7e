"""The office in a Telegram chat: linked by its owner, heard once, answered where it was asked."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from accounts.services import create_user
from assistant.models import Action
from inbound import answering
from inbound.models import Delivery
from inbound.services import wake_deliveries
from inbound.telegram import BAD_CODE, HELP, STRANGER
from messaging.contacts import link
from messaging.models import Contact, LinkCode, OutgoingMessage
from messaging.sweep import sweep_due
from tasks.models import Task
from tenants.context import public_context, tenant_context
from tenants.directory import people_at
from tenants.models import ChatEntry
from tests.conftest import PASSWORD, outermost
from tests.inbound.conftest import CHAT, WEBHOOK, work
from tests.peers.specs import vectors, why
from tests.peers.telegram import TOKEN

LINK = "/api/v1/integrations/telegram/link"
SENTENCE = "remind me to water the plants tomorrow at 3pm"


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


# --- What is written becomes work, once


def test_a_sentence_becomes_a_task_and_the_answer_comes_to_the_chat(eve, eves_chat, write, bot):
    assert write(SENTENCE) == {}
    work()
    task = Task.objects.get(creator=eve)
    assert (task.title, task.source, task.assignee) == ("Water the plants", "telegram", eve)
    [sent] = bot.sent
    assert sent["chat_id"] == CHAT
    assert sent["text"].startswith("“Water the plants” is written down")
    [[button]] = sent["reply_markup"]["inline_keyboard"]
    assert button["text"] == "Undo"
    message = OutgoingMessage.objects.get(kind="reply")
    assert (message.channel, message.status) == ("telegram", "sent")
    entry = AuditEntry.objects.get(object_pk=str(task.pk))
    assert (entry.actor_id, entry.source) == (eve.pk, "channel")


def touch(data, number=7, chat=CHAT, below=1):
    message = {"message_id": below, "date": 0, "chat": {"id": chat, "type": "private"}}
    query = {"id": "99", "from": {"id": chat}, "chat_instance": "1", "data": data}
    return {"update_id": number, "callback_query": {**query, "message": message}}


def buttons_below(sent):
    """What the buttons say, by their labels."""
    [row] = sent["reply_markup"]["inline_keyboard"]
    assert all(len(button["callback_data"].encode()) <= 64 for button in row)
    return {button["text"]: button["callback_data"] for button in row}


def test_the_button_takes_it_back(eve, eves_chat, write, brought, bot):
    write(SENTENCE)
    work()
    data = buttons_below(bot.sent[0])["Undo"]
    told = brought(touch(data)).json()
    assert told == {"method": "answerCallbackQuery", "callback_query_id": "99"}
    work()
    assert not Task.objects.filter(creator=eve).exists()
    # In the place of what it was below; the button is gone with it.
    [edited] = bot.edited
    assert edited == {
        "chat_id": CHAT,
        "message_id": 1,
        "text": "Undone: “Water the plants” is as it was before.",
        "link_preview_options": {"is_disabled": True},
    }
    brought(touch(data, number=8))
    work()
    assert bot.sent[1]["text"] == "This is undone already."


def test_an_outcome_whose_place_is_gone_comes_as_a_new_message(eve, eves_chat, write, brought, bot):
    write(SENTENCE)
    work()
    bot.refuses(400, "Bad Request: message to edit not found")
    brought(touch(buttons_below(bot.sent[0])["Undo"]))
    work()
    assert bot.sent[1]["text"] == "Undone: “Water the plants” is as it was before."


def test_an_edit_that_was_made_already_is_made(eve, eves_chat, write, brought, bot):
    write(SENTENCE)
    work()
    bot.refuses(400, "Bad Request: message is not modified: specified new message content …")
    brought(touch(buttons_below(bot.sent[0])["Undo"]))
    work()
    assert len(bot.sent) == 1
    states = OutgoingMessage.objects.filter(kind="reply").values_list("status", flat=True)
    assert set(states) == {"sent"}


@pytest.fixture
def others_work(max_, eve, finance):
    """Max's chat, and two tasks of Eve's that he may change after a yes."""
    link(person=max_, channel="telegram", address=str(CHAT))
    titles = ("Approve the invoice", "Book the venue")
    return [Task.objects.create(title=title, creator=max_, assignee=eve) for title in titles]


def test_what_touches_others_waits_for_a_yes_below_the_question(others_work, write, brought, bot):
    write("done with the invoice")
    work()
    buttons = buttons_below(bot.sent[0])
    assert list(buttons) == ["Yes", "No"]
    brought(touch(buttons["Yes"]))
    work()
    assert Task.objects.get(title="Approve the invoice").status == "done"
    assert len(bot.sent) == 1
    assert bot.edited[0]["text"] == "Done: “Approve the invoice”."
    assert list(buttons_below(bot.edited[0])) == ["Undo"]


def test_what_waits_for_a_yes_is_changed_by_writing_it_anew(others_work, write, brought, bot):
    write("done with the invoice", number=50)
    work()
    old = buttons_below(bot.sent[0])
    write("done with the venue", edits=50)
    work()
    [asked] = bot.edited
    assert asked["message_id"] == 1
    assert "Book the venue" in asked["text"]
    brought(touch(old["Yes"], number=8))
    brought(touch(buttons_below(asked)["Yes"], number=9))
    work()
    states = {task.title: task.status for task in Task.objects.all()}
    assert states == {"Approve the invoice": "pending", "Book the venue": "done"}


def test_what_is_done_stays_whatever_is_written_over_it(others_work, write, brought, bot):
    write("done with the invoice", number=50)
    work()
    brought(touch(buttons_below(bot.sent[0])["Yes"]))
    work()
    write("done with the venue", edits=50)
    work()
    states = {task.title: task.status for task in Task.objects.all()}
    assert states == {"Approve the invoice": "done", "Book the venue": "pending"}
    assert (len(bot.sent), len(bot.edited)) == (1, 1)
    assert not Delivery.objects.filter(answered_at=None).exists()


def test_a_task_that_was_written_down_is_not_written_down_again(eve, eves_chat, write, bot):
    write(SENTENCE, number=50)
    work()
    write("remind me to water the garden tomorrow at 3pm", edits=50)
    work()
    assert [task.title for task in Task.objects.filter(creator=eve)] == ["Water the plants"]
    assert len(bot.sent) == 1


def test_the_last_wording_is_read_where_none_was_yet(eve, eves_chat, write, bot):
    write(SENTENCE, number=50)
    write("remind me to water the garden tomorrow at 3pm", edits=50)
    write("remind me to water the roses tomorrow at 3pm", edits=50)
    # The job of the newest comes first.
    answering.answer_delivery(Delivery.objects.order_by("-created_at").first().pk)
    work()
    assert [task.title for task in Task.objects.filter(creator=eve)] == ["Water the roses"]
    assert len(bot.sent) == 1


def test_an_edited_command_or_strangers_word_does_nothing(eve, eves_chat, write, bot):
    assert write("/stop", edits=50) == {}
    assert write("call Bob", chat=99, edits=50) == {}
    work()
    assert bot.calls == []
    assert people_at("telegram", str(CHAT)) != []


def test_an_old_button_says_yes_to_nothing_newer(others_work, write, brought, bot):
    write("done with the invoice")
    work()
    write("done with the venue")
    work()
    brought(touch(buttons_below(bot.sent[0])["Yes"]))
    work()
    assert {task.status for task in Task.objects.all()} == {"pending"}
    assert bot.sent[2]["text"].startswith("“Approve the invoice”: this was left as it is.")
    brought(touch(buttons_below(bot.sent[1])["Yes"], number=8))
    work()
    assert Task.objects.get(title="Book the venue").status == "done"
    assert Task.objects.get(title="Approve the invoice").status == "pending"


def test_a_button_is_obeyed_once(others_work, write, brought, bot):
    write("done with the invoice")
    work()
    buttons = buttons_below(bot.sent[0])
    for number, label in enumerate(("Yes", "Yes", "No")):
        brought(touch(buttons[label], number=20 + number))
        work()
    assert Task.objects.get(title="Approve the invoice").status == "done"
    assert Action.objects.get().status == "done"
    later = "“Approve the invoice”: this is done already."
    assert [sent["text"] for sent in bot.sent[1:]] == [later, later]


def test_a_button_of_somebody_else_says_nothing(others_work, max_, sarah, write, brought, bot):
    write("done with the invoice")
    work()
    link(person=sarah, channel="telegram", address="42")
    for number, data in enumerate(buttons_below(bot.sent[0]).values()):
        brought(touch(data, number=30 + number, chat=42))
        work()
    assert [sent["text"] for sent in bot.sent[1:]] == ["There is nothing to answer here."] * 2
    assert Action.objects.get().status == "proposed"


def test_a_button_does_not_wait_for_ever(others_work, write, brought, bot):
    write("done with the invoice")
    work()
    Action.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    brought(touch(buttons_below(bot.sent[0])["Yes"]))
    work()
    assert bot.sent[1]["text"] == "This waited too long. Say it once more."
    assert Task.objects.get(title="Approve the invoice").status == "pending"


@pytest.mark.parametrize("data", ["v1:yes", "yes", "v1:", "v1:x:yes", "v1:{}:delete"])
def test_a_button_of_another_form_says_yes_to_nothing(data, others_work, write, brought, bot):
    write("done with the invoice")
    work()
    brought(touch(data.format(Action.objects.get().pk)))
    work()
    assert bot.sent[1]["text"] == answering.STALE
    assert Action.objects.get().status == "proposed"


def test_a_long_answer_comes_in_parts_that_end_with_a_line(eve, eves_chat, write, bot):
    said = answering.Answer("\n".join(f"{number} " + "é😀" * 200 for number in range(40)))
    write("my tasks")
    [delivery] = Delivery.objects.all()
    answering._settle(delivery, said)
    work()
    texts = [sent["text"] for sent in bot.sent]
    assert len(texts) > 5
    assert all(len(text.encode("utf-16-le")) <= 2 * 4096 for text in texts)
    assert "\n".join(texts) == said.reply


def test_nine_thousand_characters_with_marks_arrive_as_they_were_typed(eve, eves_chat, write, bot):
    said = answering.Answer("\n".join(["<b>bold</b> & *stars* _lines_ " + "x" * 60] * 100))
    write("my tasks")
    [delivery] = Delivery.objects.all()
    answering._settle(delivery, said)
    work()
    assert "\n".join(sent["text"] for sent in bot.sent) == said.reply
    assert len(said.reply) > 9000
    assert not any("parse_mode" in sent for sent in bot.sent)


def test_an_update_that_comes_again_is_one(eve, eves_chat, write, bot):
    write(SENTENCE, number=7)
    write(SENTENCE, number=7)
    work()
    write(SENTENCE, number=7)
    work()
    assert Task.objects.filter(creator=eve).count() == 1
    assert len(bot.sent) == 1


def test_a_worker_that_dies_before_the_end_leaves_nothing_half_done(
    eve, eves_chat, write, monkeypatch
):
    def die(_owed):
        raise KeyboardInterrupt

    write(SENTENCE)
    [delivery] = Delivery.objects.all()
    with monkeypatch.context() as broken:
        broken.setattr(answering, "owe_messages", die)
        with pytest.raises(KeyboardInterrupt), outermost():
            answering.answer_delivery(delivery.pk)
    assert not Task.objects.filter(creator=eve).exists()
    assert not Action.objects.exists()
    Delivery.objects.update(wake_at=timezone.now())
    with public_context():
        sweep_due()
    work()
    assert Task.objects.filter(creator=eve).count() == 1


def test_two_workers_answer_once(eve, eves_chat, write, monkeypatch, bot):
    write(SENTENCE)
    [delivery] = Delivery.objects.all()
    honest = answering.answer

    def overtaken(**given):
        monkeypatch.setattr(answering, "answer", honest)
        Delivery.objects.update(wake_at=timezone.now())
        answering.answer_delivery(delivery.pk)
        return honest(**given)

    monkeypatch.setattr(answering, "answer", overtaken)
    work()
    assert Task.objects.filter(creator=eve).count() == 1
    assert len(bot.sent) == 1


def test_what_always_fails_is_told_in_the_end(eve, eves_chat, write, monkeypatch, bot):
    def broken(**_given):
        raise ZeroDivisionError

    monkeypatch.setattr(answering, "answer", broken)
    write(SENTENCE)
    [delivery] = Delivery.objects.all()
    with outermost():
        for _try in range(answering.MOST_ATTEMPTS - 1):
            with pytest.raises(ZeroDivisionError):
                answering.answer_delivery(delivery.pk)
    work()
    assert [sent["text"] for sent in bot.sent] == [answering.FAILED]
    delivery.refresh_from_db()
    assert delivery.wake_at is None


def test_what_was_taken_in_is_found_again_by_the_sweep(eve, eves_chat, write):
    write(SENTENCE)
    [delivery] = Delivery.objects.all()
    before = delivery.wake_at
    wake_deliveries([delivery.pk], before + timedelta(seconds=1))
    delivery.refresh_from_db()
    assert delivery.wake_at > before


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


def test_only_telegram_is_heard(brought, write, eves_chat, settings):
    update = touch("v1:yes")
    assert brought(update, secret="x" * 64).status_code == 403
    settings.TELEGRAM_BOT_TOKEN = ""
    assert brought(update).status_code == 403
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("vector", vectors("telegram"), ids=why)
def test_the_secret_that_telegram_shows_is_compared_whole(vector, eve, settings, monkeypatch):
    # An unset secret is a bot that is not set up.
    settings.TELEGRAM_BOT_TOKEN = TOKEN if vector["secret_token"] else ""
    monkeypatch.setattr("inbound.telegram.webhook_secret", lambda: vector["secret_token"])
    shown = vector["header"]
    headers = {} if shown is None else {"X-Telegram-Bot-Api-Secret-Token": shown}
    answer = APIClient(HTTP_HOST="localhost").post(WEBHOOK, {}, format="json", headers=headers)
    assert answer.status_code == (200 if vector["valid"] else 403)


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": 1},
        {"update_id": "x", "message": {"chat": {"id": CHAT, "type": "private"}, "text": "a"}},
        {"update_id": 1, "edited_message": {"chat": {"id": CHAT, "type": "group"}, "text": "a"}},
        {"update_id": 1, "message": {"chat": {"id": CHAT, "type": "group"}, "text": "a"}},
        {"update_id": 1, "message": {"chat": {"id": CHAT, "type": "private"}, "photo": []}},
        {"update_id": 1, "message": None},
        {"update_id": 1, "callback_query": {"id": "1"}},
        {"update_id": 1, "poll": {}},
    ],
)
def test_what_we_did_not_ask_for_is_left_alone(update, brought, eves_chat):
    answer = brought(update)
    assert (answer.status_code, answer.json()) == (200, {})
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


# --- The command


def test_the_command_tells_telegram_where_to_come(bot, settings):
    settings.TELEGRAM_WEBHOOK_URL = "https://office.example/api/v1/integrations/telegram/webhook"
    call_command("telegram_webhook")
    [(method, values)] = bot.calls
    assert (method, values["url"]) == ("setWebhook", settings.TELEGRAM_WEBHOOK_URL)
    assert len(values["secret_token"]) == 64


def test_the_command_says_what_is_missing(bot, settings):
    settings.TELEGRAM_WEBHOOK_URL = ""
    with pytest.raises(CommandError, match="TELEGRAM_WEBHOOK_URL"):
        call_command("telegram_webhook")
    settings.TELEGRAM_WEBHOOK_URL = "https://office.example/x"
    bot.refuses(400, "Bad Request: bad webhook")
    with pytest.raises(CommandError, match="bad webhook"):
        call_command("telegram_webhook")
