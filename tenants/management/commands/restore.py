"""`manage.py restore FOLDER`: a backup brought back into empty databases."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from tenants.backup import bring_back
from tenants.management.tenant_command import OfficeCommand


class Command(OfficeCommand):
    """Restores what `backup` has kept; run as the owner of the schemas, with nothing running."""

    help = "Bring a backup back into empty databases and an empty VAR_DIR, after checking it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask where from."""
        parser.add_argument("folder", type=Path, help="what manage.py backup has written")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore it."""
        manifest = bring_back(options["folder"])
        self.say(f"Restored as it was at {manifest['made_at']}. Now run manage.py migrate.")
