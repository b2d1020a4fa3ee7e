"""Abstract bases of our tables."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import uuid4

from django.db import connections, models, router

from common.audit import AuditedManager, record_created
from common.rows import Held, insert_row, insert_rows, update_held_row, update_row


class IsOneOf(models.Func):
    """Whether a column's value stands in an array."""

    arg_joiner, template = " = ANY(", "%(expressions)s)"
    output_field = models.BooleanField()


class Record(models.Model):
    """A row with an id that nobody can guess and the times it was made and changed.

    Saving one sends one statement; `_state.before` is what an update found there.
    """

    # Asked by the audit trail.
    tells_what_was: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AuditedManager()

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read it again; what it was when it was locked is forgotten."""
        self._let_go()
        super().refresh_from_db(*args, **kwargs)

    def hold(self, lock: object, values: dict[str, Any]) -> None:
        """Remember what stands in the row, which this lock of the connection keeps as it is."""
        self._state.held = Held(lock, values)  # type: ignore[attr-defined]

    def note_stored(self, using: str) -> None:
        """Take it for a row of that database from now on."""
        self._state.adding, self._state.db = False, using

    def _let_go(self) -> None:
        self._state.held = None  # type: ignore[attr-defined]

    def _held(self, using: str) -> Held | None:
        known: Held | None = getattr(self._state, "held", None)
        connection: Any = connections[using]
        return known if known is not None and known.lock is connection.lock else None

    def _do_insert(
        self,
        manager: Any,
        using: str,
        fields: Sequence[Any],
        returning: Any,
        raw: bool,  # noqa: FBT001
    ) -> Any:
        values = [_value(self, field, raw=raw) for field in fields]
        if returning or any(map(_is_computed, values)):
            return super()._do_insert(manager, using, fields, returning, raw)  # type: ignore[misc]
        insert_row(self, using, fields, values)
        return []

    def _do_update(  # type: ignore[override]  # the stubs know a later Django
        self, base_qs: Any, using: str, pk_val: Any, values: Sequence[Any], *args: Any
    ) -> bool:
        fields = [field for field, _model, _value in values]
        plain = [value for _field, _model, value in values]
        if not values or any(map(_is_computed, plain)):
            self._let_go()
            self._state.before = base_qs.filter(pk=pk_val).first()  # type: ignore[attr-defined]
            done: Any = super()._do_update(base_qs, using, pk_val, values, *args)
            return bool(done)
        if known := self._held(using):
            before = update_held_row(self, using, known, fields, plain)
        else:
            before = update_row(self, using, pk_val, fields, plain)
        self._state.before = before  # type: ignore[attr-defined]
        return before is not None


def add_records(rows: Sequence[Record]) -> None:
    """Insert new rows of one kind and their audit entries, in two statements.

    They travel with the next one; what the database refuses of them shows then.
    """
    using = router.db_for_write(type(rows[0])) if rows else ""
    insert_rows(rows, using, lambda row, field: field.pre_save(row, add=True))
    record_created(rows, using)
    for row in rows:
        row.note_stored(using)


def _value(row: models.Model, field: Any, *, raw: bool) -> Any:
    return getattr(row, field.attname) if raw else field.pre_save(row, add=True)


def _is_computed(value: Any) -> bool:
    """Tell whether the database is to compute the value."""
    return hasattr(value, "resolve_expression")
