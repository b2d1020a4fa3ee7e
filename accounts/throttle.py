"""How often somebody may try: rates that all processes share, as `LOGIN_RATES` names them."""

from hashlib import sha256

from django.conf import settings

from common.errors import TooManyError
from tenants.rates import Bucket, Rate, take

TOO_OFTEN = "So often is not possible; try again in a while."


def seconds_to_wait(**names: str) -> float:
    """Take one from the bucket of each rate, of the thing that is counted; 0 when all had one.

    They are counted over all offices together: who tries has many doors.
    """
    buckets = [
        Bucket(f"{rate}:{_digest(counted)}", Rate(*settings.LOGIN_RATES[rate]), shared=True)
        for rate, counted in names.items()
        if rate in settings.LOGIN_RATES
    ]
    return take(buckets)


def require_turn(**names: str) -> None:
    """Raise TooManyError where one of the rates is used up."""
    if wait := seconds_to_wait(**names):
        raise TooManyError(TOO_OFTEN, retry_after=wait)


def _digest(counted: str) -> str:
    return sha256(counted.encode()).hexdigest()[:24]
