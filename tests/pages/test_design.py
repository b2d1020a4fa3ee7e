"""The living page of the look shows what stands in the files."""

from accounts.design_views import tokens
from tests.pages.conftest import text_of


def test_each_value_is_shown_by_its_name(browser, eve):
    found = tokens()
    assert found["space-4"] == "1rem"
    assert found["accent"] == "#4450b8"
    page = text_of(browser(eve).get("/design"))
    for name in found:
        assert name in page


def test_strangers_are_led_to_the_sign_in(browser, in_acme):
    assert browser().get("/design").url.startswith("/sign-in")
