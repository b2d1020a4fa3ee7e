"""What is written without its field's own preparation is what that would have made of it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection, models

from common.rows import _given

AN_ID = UUID("6f2c1a52-9d0b-4f9a-8f0e-0d9f5c3a7b11")
INSTANT = datetime(2026, 1, 1, tzinfo=UTC)
CASES = [
    (models.CharField(), ["text", "", None, 3, True, AN_ID]),
    (models.TextField(), ["text", "", None, 3, INSTANT]),
    (models.EmailField(), ["ada@acme.example", None]),
    (models.BooleanField(), [True, False, 1, "True", None]),
    (models.UUIDField(), [AN_ID, str(AN_ID), None]),
    (models.DateTimeField(), [INSTANT, INSTANT.isoformat(), None]),
    (models.IntegerField(), [3, "3", True, None]),
    (models.JSONField(), [{"a": 1}, ["a"], "text", 3, True, None]),
]


class LoudField(models.CharField):
    """Prepares its values in its own way."""

    def get_prep_value(self, value):
        return value.upper()


@pytest.mark.parametrize(("field", "values"), CASES, ids=lambda it: type(it).__name__)
def test_a_value_is_prepared_as_its_field_would(field, values):
    field.set_attributes_from_name("it")
    for value in values:
        [given], wanted = (
            _given(connection, [field], [value]),
            field.get_db_prep_save(value, connection),
        )
        assert (type(given), repr(given)) == (type(wanted), repr(wanted))


def test_a_kind_made_of_a_plain_one_is_asked():
    assert _given(connection, [LoudField()], ["quiet"]) == ["QUIET"]
