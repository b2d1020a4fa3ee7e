"""The accounts app."""

from django.apps import AppConfig
from django.db.models.signals import pre_save

from common.origin import fill_in_origin


class AccountsConfig(AppConfig):
    """People, roles, teams, and the audit trail of all that they do."""

    name = "accounts"
    verbose_name = "People and rights"

    def ready(self) -> None:
        """Complete each audit entry with who, from where and in which request."""
        pre_save.connect(fill_in_origin, sender=self.get_model("AuditEntry"))
