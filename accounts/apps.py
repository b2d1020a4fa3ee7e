"""The accounts app."""

from django.apps import AppConfig
from django.db.models.signals import pre_save

from common.origin import fill_in_origin

PASSING = (
    *("RefreshFamily", "ApiKey", "Device", "Authenticator", "IdentityProvider"),
    *("KeptAnswer", "AuditSeal"),
)


class AccountsConfig(AppConfig):
    """People, roles, teams, and the audit trail of all that they do."""

    name = "accounts"
    verbose_name = "People and rights"

    def ready(self) -> None:
        """Complete each audit entry with who and from where, and tell the plans about people.

        Telephone numbers get their country.
        Sign-ins stay out of archives: they end with the address they were made at.
        """
        from accounts import api_keys, doctor, invitations, mfa, page_sessions, recovery, support  # noqa: F401  they announce their letters
        from accounts.countries import country_in_force
        from accounts.finding import register_finder
        from accounts.models import User
        from accounts.people_finding import PEOPLE
        from common.telephones import Home
        from tenants.archive.format import leave_out
        from tenants.plans import Use, register_use
        from tenants.reads import Count

        active_people = Use(
            count=Count(User.objects.active),
            one="active person",
            many="active people",
            advice="Make somebody inactive",
        )
        page_sessions.connect()
        doctor.register_looks()
        Home.country = staticmethod(country_in_force)
        register_use("users", active_people)
        register_finder(PEOPLE)
        pre_save.connect(fill_in_origin, sender=self.get_model("AuditEntry"))
        # So do keys, which say whose they are, answers that are kept for a day, and
        # seals, which name the office: what comes out of an archive is sealed anew.
        for name in PASSING:
            leave_out(self.get_model(name)._meta.db_table)
