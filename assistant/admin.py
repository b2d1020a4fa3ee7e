"""The ledger of calls to language models in the office console: to read, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.consoles import tenant_console
from assistant.llm.models import ModelCall
from common.consoles import OfficeAdmin


@admin.register(ModelCall, site=tenant_console)
class ModelCallAdmin(OfficeAdmin[ModelCall]):
    """What the office asked of language models, and what it used. No sentence is kept."""

    fields = readonly_fields = (
        *("created_at", "purpose", "host", "model", "outcome", "reason"),
        *("tokens_in", "tokens_out", "cost", "ms", "prompt_hash"),
    )
    list_display = (
        *("created_at", "purpose", "host", "model", "outcome", "reason"),
        *("tokens_in", "tokens_out", "cost", "ms"),
    )
    list_filter = ("outcome", "purpose")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: calls are written down as they are made."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is a ledger."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is a ledger."""
        return False
