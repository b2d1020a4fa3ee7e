"""The links by which people bring their chats home."""

import logging

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Channel, User
from common.errors import MissingError
from connections.client import Client
from messaging.channels import DeliveryError
from messaging.channels.slack import post_message, workspaces
from messaging.contacts import Code, make_code, offer_code
from tenants.context import atomic, current_tenant
from tenants.directory import address_of
from tenants.rates import Bucket, Rate, take

logger = logging.getLogger(__name__)

# Somebody who writes on is not sent an address for each line.
OFFERS = Rate(1, 60)


def link_to_telegram(person: User) -> dict[str, object]:
    """Return the address and when it ends. Raises MissingError where the platform has no bot."""
    if not (settings.TELEGRAM_BOT_TOKEN and settings.TELEGRAM_BOT_NAME):
        raise MissingError(_("This platform has no Telegram bot."), code="not_set_up")
    code: Code = make_code(person=person, channel=Channel.TELEGRAM)
    url = f"https://t.me/{settings.TELEGRAM_BOT_NAME}?start={code.text}"
    return {"url": url, "expires_at": code.expires_at}


def link_to_slack(address: str) -> str:
    """Return the words with an address at which somebody of the workspace says who they are."""
    office = current_tenant()
    code = offer_code(channel=Channel.SLACK, address=address)
    url = f"{address_of(office)}/notifications/slack/{code.text}"
    return _(
        "I am the assistant of {name}, and do not know you yet. If you work there, link this"
        " account: {url} The address is good once, for 15 minutes, and for you alone."
    ).format(name=office.name, url=url)


def offer_in_slack(address: str) -> None:
    """Send the person that address, as a direct message, at most once a minute."""
    team, _colon, user = address.partition(":")
    known = {row.account_key: row for row in workspaces()}
    if team not in known or take([Bucket(f"slack-link:{address}", OFFERS)]):
        return
    with atomic():
        words = link_to_slack(address)
    try:
        post_message(Client(known[team]), user, words)
    except DeliveryError:
        # The person writes again, and is offered another one.
        logger.warning("no link offered in Slack")
