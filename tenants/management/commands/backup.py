"""`manage.py backup FOLDER`: all databases and files, with a manifest of hashes."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from tenants.backup import back_up
from tenants.management.tenant_command import OfficeCommand


class Command(OfficeCommand):
    """Writes a backup while people go on working; run as the owner of the schemas."""

    help = "Keep the whole platform in a folder: each database, the files, and hashes of both."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask where to."""
        parser.add_argument("folder", type=Path, help="a folder that is empty or not there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say how it can be told from others."""
        manifest = back_up(options["folder"])
        for name, digest in manifest["sha256"].items():
            self.say(f"{digest}  {name}")
        self.say(f"Kept in {options['folder']}. Keys are not in it: keep them elsewhere.")
