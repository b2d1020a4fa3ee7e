"""What opens an address of an office by itself: links in its letters, feeds, codes."""

from uuid import UUID, uuid4

from accounts.invitations import PURPOSE as INVITATION
from accounts.links import make_token
from accounts.models import Channel, User
from accounts.notices import notice_kinds
from accounts.recovery import MOVE, RESET
from accounts.support import PURPOSE as SUPPORT
from calendar_app.feeds import open_feed
from messaging.contacts import offer_code
from messaging.unsubscribing import unsubscribe_url


def links_of(user: User, invitation: UUID, word: str) -> dict[str, str]:
    """Return each secret by the name that `SECRET_ADDRESSES` of the rules gives it."""
    _feed, feed = open_feed(name=f"{word} open feed", calendar_id=None, detail="full", by=user)
    domain = user.email.partition("@")[2]
    reset, move = (
        notice_kinds()[kind].link(user.pk, f"{word}@{domain}".lower()) for kind in (RESET, MOVE)
    )
    names = {"o": "op@platform.example", "r": f"{word} reason", "m": 10, "j": uuid4().hex}
    return {
        "unsubscribing": _last_part(unsubscribe_url(user.pk)),
        "joining": make_token(INVITATION, i=invitation.hex, n=1),
        "reset": _last_part(reset),
        "move": _last_part(move),
        "support": make_token(SUPPORT, i=user.pk.hex, **names),
        "offer": offer_code(channel=Channel.SLACK, address=f"{word}:slack").text,
        "open_feed": _last_part(feed).removesuffix(".ics"),
    }


def _last_part(url: str) -> str:
    return url.rpartition("/")[2]
