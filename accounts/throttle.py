"""How often somebody may try: rates that all processes share, as `LOGIN_RATES` names them."""

from collections.abc import Mapping
from hashlib import sha256

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.errors import TooManyError
from common.origin import current_origin
from tenants.rates import Bucket, Rate, put_back, take

TOO_OFTEN = _("So often is not possible; try again in a while.")


def seconds_to_wait(**names: str) -> float:
    """Take one from the bucket of each rate, of the thing that is counted; 0 when all had one.

    They are counted over all offices together: who tries has many doors.
    """
    return take(_buckets(names))


def _buckets(names: Mapping[str, str]) -> list[Bucket]:
    return [
        Bucket(f"{rate}:{_digest(counted)}", Rate(*settings.LOGIN_RATES[rate]), shared=True)
        for rate, counted in names.items()
        if rate in settings.LOGIN_RATES
    ]


def require_turn(**names: str) -> None:
    """Raise TooManyError where one of the rates is used up."""
    if wait := seconds_to_wait(**names):
        raise TooManyError(TOO_OFTEN, retry_after=wait)


class Guess:
    """One try to sign in to an account. Wrong ones count; a right one is given back.

    They are counted for the account from one address of the net first, so that a stranger uses up
    what is theirs and not what is the person's; then for the address, and for the account from all
    addresses, at a rate that nobody waits long for. A device from which the account has signed in
    before has a count of its own: whoever guesses cannot lock it out. Raises TooManyError.
    """

    def __init__(self, account: str, *, device: str = "") -> None:
        account, address = account.lower(), current_origin().ip or ""
        names = {
            "login_pair": f"{account}|{address}",
            "login_by_address": address,
            "login_of_account": account,
        }
        self._buckets = _buckets({"login_pair": f"{account}|{device}"} if device else names)
        if wait := take(self._buckets):
            raise TooManyError(TOO_OFTEN, retry_after=wait)

    def was_right(self) -> None:
        """Give back what was taken."""
        put_back(self._buckets)


def _digest(counted: str) -> str:
    return sha256(counted.encode()).hexdigest()[:24]
