"""Which passwords are no secret: those that everybody tries first, however they are dressed up.

Length comes first (NIST SP 800-63B); there are no rules about kinds of letters. The list is that of
Django, 20,000 from real breaches, with long ones of our own beside it.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.context import tenant_or_none

PLAIN = str.maketrans("0134578@$!+", "oieastbasit")
EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
BETWEEN = re.compile(r"[\W_]+")
# What is left of a good one when a word is taken out.
ENOUGH = 4
LONG_ONES = Path(__file__).with_name("long_passwords.txt")


@cache
def breached() -> frozenset[str]:
    """Return the passwords, in lower case."""
    lines = LONG_ONES.read_text(encoding="utf-8").splitlines()
    ours = {line for line in lines if line and not line.startswith("#")}
    return frozenset(CommonPasswordValidator().passwords | ours)


def is_breached(password: str) -> bool:
    """Tell whether it is one of them, or one that is dressed up, repeated or counted on."""
    return not forms_of(password).isdisjoint(breached())


def forms_of(password: str) -> set[str]:
    """Return what a guesser makes it of: without the dress, the ends, the repetition."""
    lower = password.lower()
    found = {lower, lower.translate(PLAIN)}
    found |= {BETWEEN.sub("", form) for form in [*found]}
    found |= {EDGES.sub("", form) for form in [*found]}
    found |= {_once(form) for form in [*found]}
    return {form for form in found if len(form) >= ENOUGH}


def _once(text: str) -> str:
    """Return the shortest text of which this one is a repetition."""
    return text[: (text + text).find(text, 1)]


class BreachedPasswordValidator:
    """Refuses what everybody tries first, and the names of the office and of the product."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError."""
        if is_breached(password):
            raise ValidationError(
                _("This password is known from breaches, as it stands or nearly."),
                code="password_breached",
            )
        office = tenant_or_none()
        for name in (office.slug if office else "", "officemanager", "aioffice"):
            rest = password.lower().replace(name, "") if len(name) >= ENOUGH else password
            if rest != password.lower() and len(EDGES.sub("", rest)) < ENOUGH:
                raise ValidationError(
                    _("This password is little more than a name."), code="password_is_a_name"
                )

    def get_help_text(self) -> str:
        """Return what forms say."""
        return _("Not one that is known from breaches.")
