"""The languages of the office's words: which one fits whom, and speaking it."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation


def language_like(locale: str) -> str:
    """Return the language of ours that a locale as `de-AT` asks for; empty where none fits."""
    try:
        return translation.get_supported_language_variant(locale)
    except LookupError:
        return ""


def speaking(locale: str) -> AbstractContextManager[None]:
    """Inside, words are said in the language of a locale: that of whoever will read them."""
    return translation.override(language_like(locale) or settings.LANGUAGE_CODE)


def said(noted: str) -> str:
    """Return a sentence that was noted in English in the reader's language, if it is known."""
    return translation.gettext(noted) if noted else ""
