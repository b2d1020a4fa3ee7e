"""Connected accounts in the office console: to look at, and to disconnect. No secret is shown."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.consoles import tenant_console
from common.consoles import OfficeAdmin
from common.lists import date_steps
from connections.jobs import check_account, disconnect_account
from connections.models import Connection


@admin.register(Connection, site=tenant_console)
class ConnectionAdmin(OfficeAdmin[Connection]):
    """The accounts of people and of the office; they are connected on the office's own pages."""

    section = "Connections"
    menu = "Connected accounts"
    words = (
        "Accounts elsewhere that the office works with: mailboxes, calendars, chats. They are"
        " connected on people's own pages; here you see whether they work, and try them out."
    )
    empty = (
        "Nobody has connected an account yet. People do that under “Connections” on their pages."
    )
    labels = {
        "provider": "Where",
        "person": "Whose",
        "last_error": "What is wrong",
        "last_ok_at": "Worked last",
        "account_key": "Its name there",
        "created_at": "Connected",
    }
    buttons = {"check_now": "Try it out", "disconnect": "Disconnect"}
    fields = readonly_fields = (
        *("provider", "person", "address", "account_key", "mode", "state"),
        *("last_error", "last_ok_at", "scopes", "created_at"),
    )
    actions = ("check_now", "disconnect")
    list_display = ("provider", "address", "whose", "state", "last_error", "last_ok_at")
    list_filter = ("provider", "state", date_steps("created_at"))
    list_select_related = ("person",)
    search_fields = ("address", "person__full_name")

    @admin.display(description="whose", ordering="person__full_name", empty_value="the office")
    def whose(self, connection: Connection) -> str | None:
        """Return the person, if it is not the office's."""
        return connection.person.full_name if connection.person else None

    def has_disconnect_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person looks after the office."""
        return request.user.has_perm("connections.disconnect_connection")

    @admin.action(description="Disconnect selected accounts", permissions=["disconnect"])
    def disconnect(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        """Have the permissions revoked and the secrets wiped, in the background."""
        found = list(queryset.values_list("pk", flat=True))
        for pk in found:
            disconnect_account.delay_on_commit(str(pk))
        self.message_user(request, f"Being disconnected: {len(found)}.")

    @admin.action(description="Check selected accounts now", permissions=["disconnect"])
    def check_now(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        """Have each vendor asked for something small; what it says stands in the list then."""
        found = list(queryset.values_list("pk", flat=True))
        for pk in found:
            check_account.delay_on_commit(str(pk))
        self.message_user(request, f"Being checked: {len(found)}. Look at the list in a moment.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: accounts are connected by those who may sign in to them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what stands there is what the vendor said."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an account is disconnected."""
        return False
