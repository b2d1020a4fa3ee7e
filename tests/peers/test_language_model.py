"""What the peer answers is what the vendor describes: else it would prove nothing."""

import pytest

from tests.peers.language_model import chat_reply, described, response_reply


@pytest.mark.parametrize(
    ("schema", "reply"),
    [
        ("Response", response_reply("{}")),
        (
            "Response",
            response_reply(
                "{", status="incomplete", incomplete_details={"reason": "max_output_tokens"}
            ),
        ),
        ("CreateChatCompletionResponse", chat_reply("{}")),
        ("CreateChatCompletionResponse", chat_reply("{", finish="length")),
        ("CreateChatCompletionResponse", chat_reply(None, refusal="I will not.")),
    ],
)
def test_its_replies_are_those_of_the_vendor(schema, reply):
    described(schema).validate(reply)
