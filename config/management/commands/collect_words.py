"""`manage.py collect_words`: bring the catalogues up to date with what code and templates say."""

from typing import Any

from django.core.management.base import BaseCommand

from config.catalogues import bring_up_to_date, catalogues, collect, compile_catalogues, wordless
from config.env import ROOT


class Command(BaseCommand):
    """Adds what is new, takes out what is gone, and says how much waits for words."""

    help = "Bring locale/*/LC_MESSAGES/django.po up to date, and compile them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect once, for all languages."""
        found = collect(ROOT)
        for path in catalogues():
            bring_up_to_date(path, found)
            waiting = wordless(path)
            self.stdout.write(f"{path.parent.parent.name}: {len(found)}, without words: {waiting}")
        compile_catalogues()
