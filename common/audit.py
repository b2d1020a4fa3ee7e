"""The audit trail: who did it, from where, and no write that slips past.

django-auditlog says which fields are watched and what has changed, and writes an entry for
`delete()`. This module writes those of `save()`, in one statement, and adds what it leaves out: the
acting person under token authentication, a trusted address, the request id, and bulk writes.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from auditlog import get_logentry_model
from auditlog.diff import model_instance_diff
from auditlog.receivers import check_disable, log_update
from auditlog.registry import auditlog
from django.db import NotSupportedError, models, transaction
from django.db.models.signals import post_delete, post_save, pre_save

from common.changes import changes_of, plain_value
from common.origin import fill_in_origin
from common.rows import insert_row, insert_rows

M = TypeVar("M", bound=models.Model)
_followers: list[Callable[[models.Model], None]] = []


def register_follower(follower: Callable[[models.Model], None]) -> None:
    """Announce who wants to hear of each row that is written down; called when the apps load."""
    if follower not in _followers:
        _followers.append(follower)


def _announce(row: models.Model) -> None:
    for follower in _followers:
        follower(row)


def hidden(value: Any) -> str:
    """Stand in for a secret in the trail: it tells that the value changed, never what it was."""
    return "***"


class AuditedQuerySet(models.QuerySet[M]):
    """A QuerySet whose bulk writes leave an audit entry for each row, in the same transaction."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        """Insert the rows and record each as created. Raises NotSupportedError for upserts."""
        passed_over = kwargs.get("ignore_conflicts") or kwargs.get("update_conflicts")
        if passed_over and auditlog.contains(self.model):
            raise NotSupportedError("nobody could tell which rows were created")
        with transaction.atomic(using=self.db):
            made = super().bulk_create(objs, *args, **kwargs)
            self._record("CREATE", [(None, row) for row in made])
        return made

    def update(self, **kwargs: Any) -> int:
        """Update the rows and record what changed in each; `bulk_update` comes through here too."""
        if not self._watches(kwargs):
            return super().update(**kwargs)
        with transaction.atomic(using=self.db):
            rows = self.model._base_manager.using(self.db)
            plain = self.order_by().values_list("pk", flat=True)
            keys = list(plain.select_for_update(of=("self",)))
            before = {row.pk: row for row in rows.filter(pk__in=keys)}
            changed = models.QuerySet.update(self.filter(pk__in=keys), **kwargs)
            after = rows.filter(pk__in=keys)
            self._record("UPDATE", [(before[row.pk], row) for row in after])
        return changed

    update.alters_data = True  # type: ignore[attr-defined]

    def _watches(self, names: Iterable[str]) -> bool:
        if not auditlog.contains(self.model):
            return False
        fields = {self.model._meta.get_field(name).name for name in names}
        return not fields.isdisjoint(auditlog.get_model_fields(self.model)["include_fields"])

    def _record(self, action: str, pairs: list[tuple[M | None, M]]) -> None:
        if not auditlog.contains(self.model):
            return
        entry_model = get_logentry_model()
        entries = [
            entry_of(getattr(entry_model.Action, action), new, old=old) for old, new in pairs
        ]
        entry_model.objects.bulk_create([entry for entry in entries if entry is not None])


def links_to(row: models.Model, on_delete: Any) -> list[tuple[models.QuerySet[Any], str]]:
    """Return the rows of any app that name this one by a link of that kind, and the link."""
    links: list[Any] = [
        item for item in row._meta.get_fields(include_hidden=True) if item.auto_created
    ]
    return [
        (item.related_model._default_manager.filter(**{item.field.name: row}), item.field.name)
        for item in links
        if getattr(item, "on_delete", None) is on_delete
    ]


def release(row: models.Model) -> None:
    """Let go of a row that is about to be deleted where that leaves a gap, with entries.

    Django itself would set these links to null without anybody hearing of it.
    """
    for rows, name in links_to(row, models.SET_NULL):
        rows.update(**{name: None})


def entry_of(
    action: int, row: models.Model, *, old: models.Model | None = None, fields: Any = None
) -> Any | None:
    """Return the unsaved audit entry for a written row, or None when nothing watched changed."""
    changes = changes_of(old, row, fields)
    if not changes:
        return None
    _announce(row)
    entry_model = get_logentry_model()
    entry = entry_model(
        content_type=content_type_of(row),
        object_pk=str(row.pk),
        object_id=row.pk if isinstance(row.pk, int) else None,
        object_repr=str(row),
        action=action,
        changes=changes,
    )
    fill_in_origin(entry_model, entry)
    return entry


@check_disable  # type: ignore[untyped-decorator]
def record_saved(
    sender: Any, instance: Any, *, created: bool, using: str, update_fields: Any, **_kwargs: Any
) -> None:
    """Write the entry of a row that was saved; what an update found there came with the update."""
    if not created and not tells_what_was(sender):
        return
    kinds = get_logentry_model().Action
    action = kinds.CREATE if created else kinds.UPDATE
    old = None if created else instance._state.before  # noqa: SLF001  set by Record
    entry = entry_of(action, instance, old=old, fields=None if created else update_fields)
    if entry is not None:
        fields = entry._meta.concrete_fields
        insert_row(entry, using, fields, [getattr(entry, field.attname) for field in fields])


def record_created(rows: Iterable[models.Model], using: str) -> None:
    """Write the entries of rows of one kind that were inserted together."""
    kind = get_logentry_model().Action.CREATE
    watched = [row for row in rows if auditlog.contains(type(row))]
    entries = [entry_of(kind, row) for row in watched]
    insert_rows([entry for entry in entries if entry is not None], using)


def record_update(sender: Any, **kwargs: Any) -> None:
    """Write the entry of a row of others' tables that is about to change, in auditlog's way."""
    if not tells_what_was(sender):
        log_update(sender, **kwargs)


@check_disable  # type: ignore[untyped-decorator]
def record_deletion(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Write the entry of a deleted row in auditlog's way, which fails at lists of times."""
    found = model_instance_diff(instance, None, use_json_for_changes=True)
    if instance.pk is not None and found:
        _announce(instance)
        changes = {name: [plain_value(each) for each in pair] for name, pair in found.items()}
        entry_model = get_logentry_model()
        entries = entry_model.objects
        entries.log_create(instance, action=entry_model.Action.DELETE, changes=changes)


def tells_what_was(model: Any) -> bool:
    """Tell whether the model's updates show what stood there; those of `Record`s do."""
    return getattr(model, "tells_what_was", False)


# django-auditlog's own receivers read the row again before each update, and write entries by ORM.
OURS = {post_save: record_saved, pre_save: record_update, post_delete: record_deletion}
auditlog._signals |= OURS  # noqa: SLF001  no other way


def content_type_of(row: models.Model) -> Any:
    """Return the row's content type out of this schema's cache."""
    from django.contrib.contenttypes.models import ContentType  # noqa: PLC0415  needs the apps

    return ContentType.objects.get_for_model(row, for_concrete_model=True)


class AuditedManager(models.Manager[M]):
    """The default manager of our tables: its QuerySet records bulk writes."""

    _queryset_class = AuditedQuerySet


def record_change(old: models.Model, new: models.Model) -> None:
    """Write down in the trail of where the code works now what changed in a row elsewhere."""
    entry = entry_of(get_logentry_model().Action.UPDATE, new, old=old)
    if entry is not None:
        entry.save()


def record_list(model: type[models.Model], **details: str) -> None:
    """Write down that somebody was given a list of rows to take away."""
    entry_model = get_logentry_model()
    entry_model.objects.create(
        content_type=content_type_of(model()),
        object_pk="",
        object_repr=f"List of {model._meta.verbose_name_plural}",
        action=entry_model.Action.ACCESS,
        additional_data=details,
    )


def record_access(row: models.Model, **details: str) -> None:
    """Write down that somebody was given the row, or all that hangs on it, to read."""
    entry_model = get_logentry_model()
    entry_model.objects.create(
        content_type=content_type_of(row),
        object_pk=str(row.pk),
        object_repr=str(row),
        action=entry_model.Action.ACCESS,
        additional_data=details or None,
    )
