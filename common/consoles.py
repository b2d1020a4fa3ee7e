"""What both consoles share: forms that show refusals, and the trail as an object's history."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC
from functools import wraps
from typing import Any, TypeVar

from auditlog import get_logentry_model
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst

from common.audit import content_type_of
from common.errors import AppError, ConflictError
from common.links import LinkingAdmin
from common.moments import zone_names
from common.telephones import MAX_PHONE, parse_number, show_number

M = TypeVar("M", bound=models.Model)
View = Callable[..., HttpResponseBase]
STANDS_ALREADY = "The same stands there already, or was changed a moment ago."
# An object's history shows its latest entries; the list of audit entries has them all.
HISTORY_LENGTH = 100
NOTHING = "–"


class OfficeConsole(admin.AdminSite):
    """An admin site whose pages are finished inside the transaction of their request."""

    def admin_view(self, view: View, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Let in whom `has_permission` lets in."""
        return super().admin_view(finished(view), cacheable)

    def get_urls(self) -> list[Any]:
        """Leave out the way from a row to its page: no row has one, and a bad id breaks it."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the sign-in form, the only page that strangers see."""
        answer: HttpResponse = finished(super().login)(request, extra_context)
        return answer


def finished(view: View) -> Any:
    """Return the view with its template rendered before it returns, on the person's clock.

    Django renders a TemplateResponse after the transaction, where a tenant's tables are closed.
    """

    @wraps(view)
    def finish(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(getattr(request.user, "timezone", "UTC")):
            response = view(request, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

    return finish


class OfficeAdmin(LinkingAdmin, admin.ModelAdmin[M]):
    """A table of a console. What a service refuses is shown in the form that asked for it."""

    show_full_result_count = False
    list_per_page = 50
    # The form and fields of what is new, where they differ.
    add_form: type[forms.ModelForm[M]] | None = None
    add_fields: tuple[str, ...] = ()

    def get_form(
        self,
        request: HttpRequest,
        obj: M | None = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> type[forms.ModelForm[M]]:
        """Return the form, with the refusal of its first try if there was one."""
        if obj is None and self.add_form is not None:
            kwargs["form"] = self.add_form
        form = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "console_refusal", None)
        return form if refusal is None else refused_form(form, refusal)

    def get_fieldsets(self, request: HttpRequest, obj: M | None = None) -> Any:
        """Return `add_fields` for what is new."""
        if obj is None and self.add_fields:
            return [(None, {"fields": self.add_fields})]
        return super().get_fieldsets(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show the form again when a service refuses; what it wrote is rolled back by then."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AppError as refusal:
            reason = refusal
        except IntegrityError:
            # Rows inside a form, and two forms at once, get past its own checks.
            reason = ConflictError(STANDS_ALREADY)
        request.console_refusal = reason  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Go back to the object with the reason when a service refuses."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except AppError as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            address = reverse(name, args=[object_id], current_app=self.admin_site.name)
            return HttpResponseRedirect(address)

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet[M], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Tell why an action was refused, above the list."""
        try:
            return super().response_action(request, queryset, *args, **kwargs)
        except AppError as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
        except ValidationError:  # of Django's look-up of what was selected
            self.message_user(request, "One of the selected ids is none.", messages.ERROR)
        return None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show what the audit trail knows about the object, latest first."""
        entry_model = get_logentry_model()
        may_read = f"{entry_model._meta.app_label}.view_{entry_model._meta.model_name}"
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
        if not (
            self.has_view_or_change_permission(request, row) and request.user.has_perm(may_read)
        ):
            raise PermissionDenied
        entries = entry_model.objects.filter(content_type=content_type_of(row))
        latest = list(entries.filter(object_pk=str(row.pk))[:HISTORY_LENGTH])
        context = {
            **self.admin_site.each_context(request),
            "title": f"History: {row}",
            "object": row,
            "opts": self.opts,
            "module_name": capfirst(self.opts.verbose_name_plural),
            "entries": zip(latest, changes_of(latest, self.model), strict=True),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/object_history.html", context)

    # Django's own log has no table in a tenant's schema; the audit trail records every write.

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> Any:
        """Leave it to the audit trail."""

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        """Leave it to the audit trail."""

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[M]) -> Any:
        """Leave it to the audit trail."""


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    """Rows that are only looked at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes here."""
        return False


class ServedForm(forms.ModelForm[M]):
    """A form that a service stores: it says in words what a constraint would only name."""

    def clean(self) -> Any:
        """Leave the constraints to the service; fields and uniqueness are checked here."""
        self.instance.validate_constraints = leave_to_service  # type: ignore[method-assign]
        return super().clean()


def leave_to_service(exclude: Any = None) -> None:
    """Stand in for a check that comes later."""


class ZoneField(forms.ChoiceField):
    """One of the IANA time zones."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[(zone, zone) for zone in sorted(zone_names())], **kwargs)


def refused_form(form: type[forms.ModelForm[M]], refusal: AppError) -> type[forms.ModelForm[M]]:
    """Return the form so that it is invalid for the reason of the refusal, at the named field."""
    name = (refusal.attr or "").removesuffix("_id")

    class RefusedForm(form):  # type: ignore[valid-type, misc]
        def clean(self) -> Any:
            cleaned = super().clean()
            self.add_error(name if name in self.fields else None, refusal.sentence)
            return cleaned

    return RefusedForm


def adopt(row: M, saved: M) -> None:
    """Make the form's object the one that the service stored."""
    vars(row).update(vars(saved))


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an audit entry."""

    field: str
    old: str
    new: str


def changes_of(entries: Iterable[Any], model: type[models.Model] | None) -> list[list[Change]]:
    """Return the fields that each entry of a model changed, with the names of what they point to.

    Costs one query for each table that is pointed to, however many entries there are.
    """
    rows = [(entry, entry.changes or {}) for entry in entries]
    names = names_of_links([changes for _entry, changes in rows], model)

    def words(field: str, value: Any) -> str:
        return in_words(names.get((field, str(value))) or moment_of(field, value, model) or value)

    return [
        [
            Change(
                label_of(field, model),
                NOTHING if entry.action == entry.Action.CREATE else words(field, pair[0]),
                NOTHING if entry.action == entry.Action.DELETE else words(field, pair[1]),
            )
            for field, pair in sorted(changes.items())
        ]
        for entry, changes in rows
    ]


def names_of_links(
    changes: list[dict[str, Any]], model: type[models.Model] | None
) -> dict[tuple[str, str], str]:
    """Return the present name for each foreign key among the values that still has its row."""
    found: dict[tuple[str, str], str] = {}
    for field in model._meta.concrete_fields if model else ():
        target = field.related_model
        if not isinstance(target, type):
            continue
        values = {value for row in changes for value in row.get(field.name, ()) if value}
        linked = target._base_manager.in_bulk([value for value in values if value != "None"])
        found |= {(field.name, str(key)): str(row) for key, row in linked.items()}
    return found


def label_of(field: str, model: type[models.Model] | None) -> str:
    """Return the field's name as forms show it; a field that is gone keeps its stored name."""
    try:
        return str(capfirst(getattr(model._meta.get_field(field), "verbose_name", field)))  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        return field


def moment_of(field: str, value: Any, model: type[models.Model] | None) -> str | None:
    """Return a stored instant, which is in UTC without saying so, on the reader's clock."""
    known = {field.name: field for field in model._meta.concrete_fields} if model else {}
    if not (isinstance(value, str) and isinstance(known.get(field), models.DateTimeField)):
        return None
    moment = parse_datetime(value)
    if moment is None:
        return None
    return f"{timezone.localtime(moment.replace(tzinfo=UTC)):%Y-%m-%d %H:%M:%S %Z}"


def in_words(value: Any) -> str:
    """Return a stored value for reading."""
    if value is None or value in ("", "None", []):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class PhoneFormField(forms.CharField):
    """A telephone number on a page, shown as people write it and kept as E.164."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "tel", "inputmode": "tel"}
        super().__init__(max_length=MAX_PHONE, widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return what stands in the field at first."""
        is_number = isinstance(value, str) and value.startswith("+")
        return show_number(value) if is_number else value

    def clean(self, value: Any) -> str:
        """Return the number as E.164. Raises Django's ValidationError."""
        text = super().clean(value)
        try:
            return parse_number(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid") from error
