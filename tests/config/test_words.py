"""Both languages whole: the catalogue, the pages of a German person, and who speaks what."""

import re
import string

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from config import catalogues
from config.env import ROOT
from tests.pages.conftest import sign_in

[GERMAN] = catalogues.catalogues()
OLD_FASHIONED = re.compile(r"%\((\w+)\)s")
# Shorter ones are words that stand in titles and names as well.
SENTENCE = 12


def placeholders(words: str) -> set[str]:
    """Return what is filled in, in either fashion."""
    return {
        *OLD_FASHIONED.findall(words),
        *(name for _text, name, _spec, _how in string.Formatter().parse(words) if name is not None),
    }


@pytest.fixture
def german(in_acme, client):
    """Ada at her pages, who reads German."""
    User.objects.filter(email="ada@acme.example").update(locale="de-AT")
    client.defaults["HTTP_HOST"] = "acme.localhost"
    sign_in(client, "ada@acme.example")
    return client


def test_the_catalogue_holds_what_code_and_templates_say_and_nothing_else():
    said = {(each.id, each.context) for each in catalogues.collect(ROOT) if each.id}
    kept = {(each.id, each.context) for each in catalogues.read(GERMAN) if each.id}
    assert len(said) > 1000
    assert said == kept, "make words"


def test_nothing_waits_for_german_words():
    assert catalogues.wordless(GERMAN) == []


def test_what_is_filled_in_is_the_same_in_both_languages():
    wrong = []
    for each in catalogues.read(GERMAN):
        if not each.id:
            continue
        ids = each.id if isinstance(each.id, tuple | list) else (each.id,)
        forms = each.string if isinstance(each.string, tuple | list) else (each.string,)
        pairs = zip(ids, forms, strict=True)
        wrong += [form for said, form in pairs if placeholders(form) != placeholders(said)]
    assert wrong == []


def test_a_catalogue_is_compiled_where_there_is_none_and_when_it_was_changed(tmp_path, settings):
    source = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_bytes(GERMAN.read_bytes())
    settings.LOCALE_PATHS = [tmp_path]
    catalogues.compile_catalogues()
    compiled = source.with_suffix(".mo")
    first = compiled.read_bytes()
    source.write_text(source.read_text().replace('msgstr "Aufgaben"', 'msgstr "Pflichten"'))
    catalogues.compile_catalogues()
    assert compiled.read_bytes() != first
    assert [each.name for each in source.parent.iterdir() if each.suffix == ".tmp"] == []


def test_a_page_is_in_the_language_of_the_person_whatever_the_browser_asks_for(german):
    answer = german.get("/tasks", HTTP_ACCEPT_LANGUAGE="en")
    assert '<html lang="de">' in answer.content.decode()
    assert answer["Content-Language"] == "de"
    assert "Es gibt nichts zu tun." in answer.content.decode()
    assert translation.get_language() == "en"


def test_who_is_not_signed_in_reads_the_language_of_the_browser(db, client):
    client.defaults["HTTP_HOST"] = "acme.localhost"
    german = client.get("/sign-in", HTTP_ACCEPT_LANGUAGE="de-CH,de;q=0.9")
    english = client.get("/sign-in", HTTP_ACCEPT_LANGUAGE="fr")
    assert "Passwort vergessen?" in german.content.decode()
    assert "Forgot your password?" in english.content.decode()
    assert "Accept-Language" in german["Vary"]


def test_a_language_that_is_not_spoken_falls_back_on_the_browser(german):
    User.objects.filter(email="ada@acme.example").update(locale="fr")
    assert '<html lang="de">' in german.get("/tasks", HTTP_ACCEPT_LANGUAGE="de").content.decode()
    assert '<html lang="en">' in german.get("/tasks").content.decode()


def test_a_refused_form_says_why_in_german(german):
    answer = german.post("/quick-add", {"text": " "})
    assert "Schreiben Sie auf, was zu tun ist." in answer.content.decode()


def test_the_api_speaks_english_to_everybody(in_acme, api, eve):
    User.objects.filter(pk=eve.pk).update(locale="de")
    answer = api(eve).get(f"/api/v1/tasks/{eve.pk}", HTTP_ACCEPT_LANGUAGE="de")
    assert answer.status_code == 404
    assert translation.get_language() == "en"
    assert "Content-Language" not in answer
    assert not re.search("gibt|nicht", answer.content.decode())


def test_a_language_is_chosen_in_the_profile_and_spoken_from_then_on(german):
    shown = german.get("/profile")
    assert 'value="de-AT" selected' in shown.content.decode()
    given = {"full_name": "Ada Admin", "timezone": "UTC", "phone": ""}
    answer = german.post("/profile", {**given, "locale": "en"}, follow=True)
    assert '<html lang="en">' in answer.content.decode()
    assert "Saved." in answer.content.decode()


def test_no_page_of_a_german_person_says_a_sentence_in_english(german):
    sentences = [
        each.id
        for each in catalogues.read(GERMAN)
        if isinstance(each.id, str)
        and each.id != each.string
        and " " in each.id
        and len(each.id) > SENTENCE
        and not placeholders(each.id)
    ]
    names = (
        *("today", "task-list", "reports", "note-list", "new-note", "document-list", "ask"),
        *("new-document", "chat-page", "search", "ledger", "coming", "wishes", "settings"),
        *("profile", "own-email", "own-password", "security", "second-factor", "own-api-keys"),
        *("accounts", "chats", "synced-calendars", "calendar-page", "new-event", "design"),
    )
    found = {}
    for name in names:
        answer = german.get(reverse(name, urlconf="config.urls"), follow=True)
        text = answer.content.decode()
        assert answer.status_code == 200, name
        assert '<html lang="de">' in text, name
        if said := [each for each in sentences if each in text.replace("&#x27;", "'")]:
            found[name] = said
    assert found == {}
