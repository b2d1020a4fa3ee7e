"""A box of many lines says what Django's own says."""

import pytest
from django import forms
from django.test.html import parse_html

from common.console_forms import LongSelect, ZoneField


class Two(forms.Form):
    ours = ZoneField(initial="Europe/Berlin", widget=LongSelect({"class": "narrow"}))
    theirs = forms.ChoiceField(initial="Europe/Berlin", widget=forms.Select({"class": "narrow"}))

    def __init__(self, *args):
        super().__init__(*args)
        self.fields["theirs"].choices = self.fields["ours"].choices


@pytest.mark.parametrize(
    "data",
    [(), ({"ours": 'UTC" onfocus="', "theirs": 'UTC" onfocus="'},), ({},)],
    ids=["at first", "refused", "empty"],
)
def test_it_is_the_same_box(data):
    form = Two(*data)
    ours, theirs = (
        parse_html(str(form[name]).replace(name, "zone")) for name in ("ours", "theirs")
    )
    assert ours == theirs
