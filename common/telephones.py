"""Telephone numbers: read as people of a country write them, kept as E.164, shown as read there."""

from collections.abc import Callable

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumberFormat

INVALID = _("This is no telephone number. Write it with the country, as +4915112345678.")
# With blanks and brackets, as people write them.
MAX_PHONE = 30
COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)


def calling_code(country: str) -> int:
    """Return what is dialled before a number of the country, as 49 of “DE”."""
    return int(phonenumbers.country_code_for_region(country))


class Home:
    """Tells in which country numbers without a prefix are meant; `accounts` says which."""

    country: Callable[[], str] = staticmethod(lambda: "")


def parse_number(text: str) -> str:
    """Return the number as E.164. Raises ValueError for one that cannot exist."""
    try:
        number = phonenumbers.parse(text, Home.country() or None)
    except NumberParseException as error:
        raise ValueError(INVALID) from error
    if number.extension or not phonenumbers.is_valid_number(number):
        raise ValueError(INVALID)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def show_number(number: str) -> str:
    """Return the number as it is written at home, and with its country elsewhere."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        # Of a time before numbers were checked.
        return number
    is_here = phonenumbers.region_code_for_number(parsed) == Home.country()
    form = PhoneNumberFormat.NATIONAL if is_here else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)
