"""The connections app."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """Accounts at vendors, and asking those vendors in their name."""

    name = "connections"
    verbose_name = "Connected accounts"

    def ready(self) -> None:
        """Keep secrets, and ways that are under way, out of archives."""
        from tenants.archive.format import leave_out

        leave_out(self.get_model("Connection")._meta.db_table)
        leave_out(self.get_model("OAuthState")._meta.db_table)
