"""Our way to tell what a write has changed says what django-auditlog's says."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from auditlog.diff import model_instance_diff
from auditlog.registry import auditlog
from django.apps import apps
from django.db import models

from accounts.models import User
from common.changes import changes_of, watched_fields
from common.models import Record
from tenants.settings import SettingsField, TenantSettings

OURS = [
    model for model in apps.get_models() if issubclass(model, Record) and auditlog.contains(model)
]
AN_ID = UUID("6f2c1a52-9d0b-4f9a-8f0e-0d9f5c3a7b11")
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
VALUES = {
    models.BooleanField: (True, False),
    models.DateTimeField: (NOON, NOON.astimezone(timezone(timedelta(hours=5))), None),
    models.ForeignKey: (AN_ID, None),
    models.JSONField: ({"b": [1]}, ["a"], None),
    models.UUIDField: (AN_ID, None),
    models.IntegerField: (3, 0, None),
    models.Field: ("", "a", "é"),
}


def values_for(field):
    if isinstance(field, SettingsField):
        return (TenantSettings(), TenantSettings(sms_enabled=False))
    if hasattr(field, "base_field"):
        return (["a"], [], ["a", "b"])
    return next(values for kind, values in VALUES.items() if isinstance(field, kind))


def row(model, turn: int):
    """Return a row that differs from those of other turns, by field at another pace."""
    made = model()
    for place, field in enumerate(model._meta.concrete_fields):
        values = values_for(field)
        setattr(made, field.attname, values[(turn + place * (turn > 2)) % len(values)])
    return made


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_watched_model_gives_the_same_changes(model):
    assert watched_fields(model), "register it with include_fields"
    rows = [None, *(row(model, turn) for turn in range(6))]
    for old in rows:
        for new in rows[1:]:
            theirs = model_instance_diff(old, new, use_json_for_changes=True) or {}
            assert changes_of(old, new) == theirs


def test_only_named_fields_are_compared_when_names_are_given():
    old, new = User(full_name="Ada", locale="en"), User(full_name="Eve", locale="de")
    assert changes_of(old, new, ["locale"]) == {"locale": ("en", "de")}


def test_a_secret_stays_one():
    old, new = User(password="old"), User(password="new")
    assert changes_of(old, new) == {"password": ("***", "***")}
