"""Tables of the consoles: they show what a service refuses, and the trail as history."""

from collections.abc import Mapping
from typing import Any, TypeVar

from auditlog import get_logentry_model
from django import forms
from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst

from common.audit import content_type_of, record_list
from common.buttons import back_to_object, buttons_of
from common.console_forms import refused_form
from common.differences import changes_of
from common.errors import AppError, ConflictError
from common.links import LinkingAdmin
from common.list_columns import columns_of
from common.lists import (
    MOST_CHOSEN,
    MOST_LINES,
    SHOWN,
    CountedSoFar,
    as_csv,
    asking,
    file_response,
)
from common.theme import ThemedAdmin, ThemedTabular, dress, show_form, show_list

M = TypeVar("M", bound=models.Model)
STANDS_ALREADY = "The same stands there already, or was changed a moment ago."
# An object's history shows its latest entries; the list of audit entries has them all.
HISTORY_LENGTH = 100


class OfficeAdmin(LinkingAdmin, ThemedAdmin[M]):
    """A table of a console. What a service refuses is shown in the form that asked for it."""

    show_full_result_count = False
    list_per_page = 50
    paginator = CountedSoFar
    # Actions that ask for a yes on a page of their own.
    unasked: tuple[str, ...] = ("delete_selected",)
    list_filter_sheet = False
    # Where it stands in the rail, under which name if not the model's, and what an empty list says.
    section = "More"
    menu = ""
    empty = ""
    # What the list is about; it stands above it, and above the form of what is new.
    words = ""
    list_before_template = "admin/words.html"
    # What adding a row is called, if not “Add” and the model's name.
    adding = ""
    # What its columns and boxes are called, and what is said below a box.
    labels: Mapping[str, str] = {}
    hints: Mapping[str, str] = {}
    # Actions that stand at an object's own page as well, and what they are called there.
    buttons: Mapping[str, str] = {}
    change_form_outer_before_template = "admin/buttons.html"
    show_add_link = False
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
        kwargs = {"labels": self.labels, "help_texts": self.hints, **kwargs}
        form = super().get_form(request, obj, change, **kwargs)
        dress(form.base_fields.values())
        refusal = getattr(request, "console_refusal", None)
        return form if refusal is None else refused_form(form, refusal)

    def get_fieldsets(self, request: HttpRequest, obj: M | None = None) -> Any:
        """Return `add_fields` for what is new."""
        if obj is None and self.add_fields:
            return [(None, {"fields": self.add_fields})]
        return super().get_fieldsets(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Show the form, with what may be done with its object."""
        obj = kwargs.get("obj")
        buttons = buttons_of(self, request, obj) if obj is not None else ()
        title = {} if obj is not None or not self.adding else {"title": self.adding}
        more = {**context, **title, "console_buttons": buttons}
        return super().render_change_form(request, more, *args, **kwargs)

    def fits(self, button: str, obj: M) -> bool:
        """Tell whether a button makes sense at the object as it is."""
        return True

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show the form again when a service refuses; what it wrote is rolled back by then."""
        try:
            return show_form(self, request, object_id, extra_context)
        except AppError as refusal:
            reason = refusal
        except IntegrityError:
            # Rows inside a form, and two forms at once, get past its own checks.
            reason = ConflictError(STANDS_ALREADY)
        request.console_refusal = reason  # type: ignore[attr-defined]
        return show_form(self, request, object_id, extra_context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show the list."""
        return show_list(self, request, extra_context)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; what names another row is the way to it."""
        return columns_of(self, request, super().get_list_display(request), self.labels)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return what may be done with selected rows; each asks for a yes first."""
        found: dict[str, Any] = super().get_actions(request) or {}
        return {
            name: (func if name in self.unasked else asking(func, self.ask, name), key, words)
            for name, (func, key, words) in found.items()
        }

    def ask(self, request: HttpRequest, queryset: models.QuerySet[M], name: str) -> HttpResponse:
        """Show what was selected, and what is about to happen to it."""
        count = queryset.count()
        if count > MOST_CHOSEN:
            sentence = f"At most {MOST_CHOSEN} at once: {count} are selected."
            self.message_user(request, sentence, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return self.show_page(
            request,
            "admin/ask.html",
            title=str(self.get_actions(request)[name][2]),
            action=name,
            count=count,
            chosen=list(queryset[:SHOWN]),
            keys=request.POST.getlist("_selected_action"),
            at=request.POST.get("at", ""),
            across=request.POST.get("select_across", "0"),
        )

    def get_urls(self) -> list[URLPattern]:
        """Add the list as CSV."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        # As on the views that Django gives the table.
        view.model_admin = self  # type: ignore[attr-defined]
        return [path("export/", view, name=name), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Hand out the list as it is narrowed down; it stands in the trail who took it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        place = reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist",
            current_app=self.admin_site.name,
        )
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            return HttpResponseRedirect(place)
        if rows.order_by()[: MOST_LINES + 1].count() > MOST_LINES:
            sentence = f"The list has more than {MOST_LINES} lines: narrow it down by a filter."
            self.message_user(request, sentence, messages.ERROR)
            return HttpResponseRedirect(f"{place}?{request.GET.urlencode()}")
        spool, count = as_csv(self, request, rows)
        record_list(self.model, lines=str(count), asked=request.GET.urlencode())
        return file_response(spool, f"{self.opts.model_name}.csv")

    def show_page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        """Show a page of this table's own, with its form in the look of the others."""
        if isinstance(form := context.get("form"), forms.BaseForm):
            dress(form.fields.values())
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**shared, **context})

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
        """Tell why an action was refused, above the list; a button leads back to its object."""
        try:
            answer = super().response_action(request, queryset, *args, **kwargs)
            return back_to_object(self, request, answer)
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


class LookedAt(OfficeAdmin[M]):
    """A table that is only looked at here; what may be done with it are its actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes here."""
        return False


class ReadOnlyInline(ThemedTabular[Any, Any]):
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
