"""Kinds of due objects and of messages: each name belongs to one app."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from accounts.notices import NoticeKind, notice_kinds, register_notice
from messaging import digests, due
from messaging.due import DueKind, MessageKind, message_kind, register_due, register_message


def test_a_name_of_a_message_kind_is_taken_once():
    before = message_kind(digests.KIND)
    with pytest.raises(ImproperlyConfigured, match=digests.KIND):
        register_message(digests.KIND, MessageKind(to_anybody=True))
    assert message_kind(digests.KIND) is before


def test_a_name_of_a_due_kind_is_taken_once():
    before = due.due_kind("message")
    with pytest.raises(ImproperlyConfigured, match="message"):
        register_due("message", DueKind(handle=lambda _ids, _now: None))
    assert due.due_kind("message") is before


def test_a_name_of_a_letter_is_taken_once_and_is_no_other_message():
    name = next(iter(notice_kinds()))
    with pytest.raises(ImproperlyConfigured, match=name):
        register_notice(name, NoticeKind())
    with pytest.raises(ImproperlyConfigured, match=name):
        register_message(name, MessageKind())


def test_an_app_that_starts_with_a_taken_name_does_not_start():
    with pytest.raises(ImproperlyConfigured, match="registered already"):
        apps.get_app_config("tasks").ready()
