"""What Twilio posts to our webhooks, signed as it signs."""

import hmac
from base64 import b64encode
from functools import cache
from hashlib import sha1
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from rest_framework.test import APIClient

SMS, STATUS = "/api/v1/integrations/twilio/sms", "/api/v1/integrations/twilio/status"
FORM = "application/x-www-form-urlencoded"
NUMBERS = count(1)


def signature(path: str, form: dict[str, str], token: str = "") -> str:
    text = settings.PUBLIC_URL + path + "".join(name + form[name] for name in sorted(form))
    key = (token or settings.TWILIO_AUTH_TOKEN).encode()
    return b64encode(hmac.new(key, text.encode(), sha1).digest()).decode()


@cache
def caller() -> APIClient:
    """One for all calls: making one loads the middleware anew."""
    return APIClient(HTTP_HOST="localhost")


def post(path: str, form: dict[str, str], signed: str | None = None) -> Any:
    headers = {"X-Twilio-Signature": signature(path, form) if signed is None else signed}
    return caller().post(path, urlencode(form), content_type=FORM, headers=headers)


def sms(text: str, number: str, sid: str = "", **values: str) -> Any:
    """Bring what somebody wrote; OptOutType comes without a value, as Twilio sends it."""
    form = {
        "MessageSid": sid or f"SM{next(NUMBERS):032x}",
        "From": number,
        "Body": text,
        "To": settings.TWILIO_PHONE_NUMBER,
        "NumMedia": "0",
        "OptOutType": "",
    }
    return post(SMS, form | values)


def status(message: Any, state: str, code: str = "") -> Any:
    """Tell what became of one of our messages, as its callback's address says."""
    url = message["callback"].removeprefix(settings.PUBLIC_URL)
    form = {"MessageSid": message["sid"], "MessageStatus": state, "To": message["to"]}
    return post(url, form | ({"ErrorCode": code} if code else {}))
