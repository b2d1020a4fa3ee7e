"""Language models in the office console: the ledger of calls, to read, and their settings."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from accounts.consoles import tenant_console
from assistant.forms import LanguageModelForm
from assistant.llm.models import ModelCall, ModelKey
from assistant.llm.services import set_language_model
from common.consoles import OfficeAdmin
from common.errors import AppError
from common.lists import date_steps
from tenants.context import current_tenant


@admin.register(ModelCall, site=tenant_console)
class ModelCallAdmin(OfficeAdmin[ModelCall]):
    """What the office asked of language models, and what it used. No sentence is kept."""

    section = "Knowledge"
    menu = "Use of language models"
    words = (
        "What a language model was asked for, and what that used. No sentence is kept. Whether the"
        " office uses one at all is said under “Settings”."
    )
    empty = "No language model was asked yet. The office reads what people write by its own rules."
    labels = {"created_at": "When", "host": "Where", "prompt_hash": "Mark of the question"}
    fields = readonly_fields = (
        *("created_at", "purpose", "host", "model", "outcome", "reason"),
        *("tokens_in", "tokens_out", "cost", "ms", "prompt_hash"),
    )
    list_display = (
        *("created_at", "purpose", "host", "model", "outcome", "reason"),
        *("tokens_in", "tokens_out", "cost", "ms"),
    )
    list_filter = ("outcome", "purpose", date_steps("created_at"))
    search_fields = ("model", "host", "reason")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: calls are written down as they are made."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is a ledger."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is a ledger."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the settings."""
        view = self.admin_site.admin_view(self.settings_view)
        return [path("settings/", view, name="language-model"), *super().get_urls()]

    def settings_view(self, request: HttpRequest) -> HttpResponse:
        """Show how the office uses a language model, and change it."""
        tenant = current_tenant()
        form = LanguageModelForm(
            request.POST or None, settings=tenant.settings, has_key=ModelKey.objects.exists()
        )
        if form.is_valid():
            try:
                set_language_model(tenant=tenant, changes=form.changes, key=form.new_key)
            except AppError as refusal:
                form.add_error(refusal.attr, refusal.sentence)
            else:
                self.message_user(request, "The settings hold from the next sentence on.")
                return redirect("admin:language-model")
        return self.show_page(
            request,
            "admin/assistant/modelcall/settings.html",
            title="Settings of the language model",
            form=form,
        )
