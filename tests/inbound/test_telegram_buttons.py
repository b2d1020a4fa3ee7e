"""Buttons below what the bot says, and what is written anew: an old yes is to nothing newer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assistant.models import Action
from inbound import answering
from inbound.models import Delivery
from messaging.contacts import link
from messaging.models import OutgoingMessage
from tasks.models import Task
from tenants.directory import people_at
from tests.inbound.conftest import CHAT, work
from tests.inbound.telegram_calls import SENTENCE, buttons_below, touch


@pytest.fixture
def others_work(max_, eve, finance):
    """Max's chat, and two tasks of Eve's that he may change after a yes."""
    link(person=max_, channel="telegram", address=str(CHAT))
    titles = ("Approve the invoice", "Book the venue")
    return [Task.objects.create(title=title, creator=max_, assignee=eve) for title in titles]


# --- What was done is taken back


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


# --- What waits for a yes


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


# --- What is written anew


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
