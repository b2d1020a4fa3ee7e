"""The settings of an office in its console: boxes in groups, changed by the API's services."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.consoles import person_of
from accounts.office_settings import OFFICE_FIELDS, change_office, change_settings
from accounts.page_step_up import way_to_show
from common.console_site import ConsolePage
from common.errors import AppError
from config.office_forms import OfficeForm, SettingsForm, SignInForm
from tenants.context import current_tenant

CHANGE = "accounts.change_settings"


def show_office(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    """Show name, hours and ways of the office, and change them."""
    form = OfficeForm(request.POST or None, values=_values(OfficeForm))
    if form.is_valid():
        try:
            change_office(changes=form.changes)
        except AppError as refusal:
            _refuse(form, refusal)
        else:
            return _saved(request, "office-settings")
    return _page(request, context, form, "Office settings")


def show_sign_in(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    """Show what is asked of those who sign in, to who has just shown who they are."""
    if way := way_to_show(request):
        return way
    form = SignInForm(request.POST or None, values=_values(SignInForm))
    if form.is_valid():
        try:
            change_settings(changes=form.changes, by=person_of(request))
        except AppError as refusal:
            _refuse(form, refusal)
        else:
            return _saved(request, "sign-in-rules")
    return _page(request, context, form, "Sign-in rules")


PAGES = (
    ConsolePage("The office", "Office settings", "office-settings", CHANGE, show_office),
    ConsolePage("Security", "Sign-in rules", "sign-in-rules", CHANGE, show_sign_in),
)


def _values(form: type[SettingsForm]) -> dict[str, Any]:
    office = current_tenant()
    found = {}
    for name in form.base_fields:
        value = getattr(office if name in OFFICE_FIELDS else office.settings, name)
        found[name] = sorted(value) if isinstance(value, frozenset) else value
    return found


def _refuse(form: SettingsForm, refusal: AppError) -> None:
    name = (refusal.attr or "").removeprefix("settings.")
    form.add_error(name if name in form.fields else None, refusal.sentence)


def _saved(request: HttpRequest, name: str) -> HttpResponse:
    messages.success(request, "Saved. It holds from now on.")
    return redirect(f"admin:{name}")


def _page(
    request: HttpRequest, context: dict[str, Any], form: SettingsForm, title: str
) -> HttpResponse:
    facts = {"title": title, "form": form}
    return TemplateResponse(request, "admin/settings.html", {**context, **facts})
