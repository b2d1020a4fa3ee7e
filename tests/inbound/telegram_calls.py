"""What Telegram brings when somebody touches a button, and what most tests write in the chat."""

from tests.inbound.conftest import CHAT

SENTENCE = "remind me to water the plants tomorrow at 3pm"


def touch(data, number=7, chat=CHAT, below=1):
    message = {"message_id": below, "date": 0, "chat": {"id": chat, "type": "private"}}
    query = {"id": "99", "from": {"id": chat}, "chat_instance": "1", "data": data}
    return {"update_id": number, "callback_query": {**query, "message": message}}


def buttons_below(sent):
    """What the buttons say, by their labels."""
    [row] = sent["reply_markup"]["inline_keyboard"]
    assert all(len(button["callback_data"].encode()) <= 64 for button in row)
    return {button["text"]: button["callback_data"] for button in row}
