"""Telephone numbers: read as in the office's country, kept as E.164 if they can exist."""

import pytest

from common.telephones import parse_number, show_number
from tenants.context import public_context
from tenants.settings import TenantSettings

ME = "/api/v1/auth/me"
EVES, LONDON = "+4915112345678", "+442079460958"


@pytest.fixture
def german(acme):
    acme.settings = TenantSettings(country="DE")
    with public_context():
        acme.save()
    return acme


@pytest.mark.parametrize("text", ["0151 12345678", "0049 151/12345678", "+49 (0)151 123 456 78"])
def test_a_number_is_read_as_people_of_the_country_write_it(text, german, in_acme):
    assert parse_number(text) == EVES


@pytest.mark.parametrize("text", ["0151 12345678", "12345678"])
def test_without_a_country_a_number_needs_one(text, in_acme):
    with pytest.raises(ValueError, match="with the country"):
        parse_number(text)
    assert parse_number(EVES) == EVES


@pytest.mark.parametrize("text", ["+15550001111", "+49151", "112", "+4915112345678 ext. 5", "no"])
def test_what_cannot_exist_is_refused(text, german, in_acme):
    with pytest.raises(ValueError, match="no telephone number"):
        parse_number(text)


def test_it_is_shown_as_it_is_dialled_from_the_office(german, in_acme):
    assert show_number(EVES) == "01511 2345678"
    assert show_number(LONDON) == "+44 20 7946 0958"


def test_what_was_stored_before_numbers_were_checked_is_shown_as_it_is():
    assert show_number("none") == "none"


def test_the_api_keeps_what_is_written_at_home_as_e164(german, in_acme, api, eve):
    client = api(eve)
    assert client.patch(ME, {"phone": "0151 12345678"}).json()["phone"] == EVES
    refused = client.patch(ME, {"phone": "+15550001111"})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "phone")
    assert client.patch(ME, {"phone": ""}).json()["phone"] == ""


def test_who_lives_elsewhere_is_read_as_at_home(german, in_acme, api, eve):
    client = api(eve)
    client.patch(ME, {"locale": "en-GB"})
    assert client.patch(ME, {"phone": "020 7946 0958"}).json()["phone"] == LONDON
    assert client.patch(ME, {"phone": "0151 12345678"}).status_code == 400
    # A language alone is no country.
    client.patch(ME, {"locale": "en"})
    assert client.patch(ME, {"phone": "0151 12345678"}).json()["phone"] == EVES


def test_the_page_reads_and_shows_it_as_at_home(german, in_acme, browser, eve):
    client = browser(eve)
    values = {"full_name": "Eve", "timezone": "Europe/Berlin", "locale": "de"}
    client.post("/profile", values | {"phone": "0151 / 12345678"})
    eve.refresh_from_db()
    assert eve.phone == EVES
    assert "01511 2345678" in client.get("/profile").content.decode()
    wrong = client.post("/profile", values | {"phone": "0151"})
    assert "Dies ist keine Telefonnummer." in wrong.content.decode()


@pytest.mark.parametrize("country", ["de", "XX", "DEU"])
def test_a_country_has_telephones(country):
    with pytest.raises(ValueError, match="country"):
        TenantSettings(country=country)
