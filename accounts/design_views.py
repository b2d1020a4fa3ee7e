"""The living page of what all pages are made of: the values of the look, and the components."""

import re
from pathlib import Path

from django import forms
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.http import UserRequest, requires

TOKENS = "css/tokens.css"
_TOKEN = re.compile(r"^  --((?!pico)[a-z0-9-]+): ([^;]+);", re.MULTILINE)
_COLOUR = re.compile(r"#[0-9a-f]{3,8}|rgb")


class SampleForm(forms.Form):
    """A field of each kind, one of them with something wrong."""

    text = forms.CharField(label=_("A line of text"), help_text=_("What helps stands below."))
    choice = forms.ChoiceField(
        label=_("One of several"), choices=[("a", _("This")), ("b", _("That"))]
    )
    day = forms.DateField(label=_("A day"), widget=forms.DateInput({"type": "date"}))
    several = forms.MultipleChoiceField(
        label=_("Some of several"),
        choices=[("a", "Ada"), ("b", "Eve")],
        widget=forms.CheckboxSelectMultiple(),
    )
    yes = forms.BooleanField(label=_("A yes or a no"))


@require_safe
@requires(None)
def design_page(request: UserRequest) -> HttpResponse:
    """Show each value and each component as it is now."""
    found = tokens()
    sample = SampleForm({"text": "", "choice": "a", "day": "2030-05-14", "several": ["a"]})
    context = {
        "colours": [name for name, value in found.items() if _COLOUR.match(value)],
        "measures": [(name, value) for name, value in found.items() if not _COLOUR.match(value)],
        "form": sample,
    }
    return render(request, "accounts/design.html", context)


def tokens() -> dict[str, str]:
    """Return the values of the look by their names, those of the light first."""
    path = finders.find(TOKENS)
    text = Path(str(path)).read_text(encoding="utf-8") if path else ""
    found: dict[str, str] = {}
    for name, value in _TOKEN.findall(text):
        found.setdefault(name, value)
    return found
