"""`manage.py tenant_create`: an organisation and its first admin."""

import secrets
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.core.validators import validate_email

from accounts.services import register_organisation
from common.errors import InvalidError
from common.moments import zone_names
from tenants.directory import address_of
from tenants.management.tenant_command import OfficeCommand
from tenants.renaming import check_slug


class Command(OfficeCommand):
    """Stands here and not beside its siblings, since it also makes a person."""

    help = "Open an organisation with its first admin."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the organisation and the person."""
        parser.add_argument("name", help="the name of the organisation")
        parser.add_argument("--slug", help="the first part of its address; default: from the name")
        parser.add_argument("--timezone", default="UTC")
        parser.add_argument("--admin-email", required=True)
        parser.add_argument("--admin-name", required=True)
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the admin's password from the first line of the input; else one is made",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Open it and print the address and the login."""
        check(options)
        given = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else ""
        password = given or secrets.token_urlsafe(15)
        tenant, admin = register_organisation(
            email=options["admin_email"],
            full_name=options["admin_name"],
            password=password,
            tenant_name=options["name"],
            slug=options["slug"],
            timezone=options["timezone"],
        )
        self.say(f"{tenant.slug}: {tenant.name} is at {address_of(tenant)}, id {tenant.pk}")
        self.say(f"{admin.email} signs in with {'the given password' if given else password}")


def check(options: dict[str, Any]) -> None:
    """Raise InvalidError for what the registration form would not let through either."""
    if options["slug"] is not None:
        check_slug(options["slug"])
    if options["timezone"] not in zone_names():
        raise InvalidError(f"There is no time zone {options['timezone']}.", attr="timezone")
    try:
        validate_email(options["admin_email"])
    except ValidationError:
        raise InvalidError(f"{options['admin_email']} is no e-mail address.") from None
