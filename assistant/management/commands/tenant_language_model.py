"""`manage.py tenant_language_model`: when an organisation uses a language model, and which one."""

import sys
from typing import Any

from django.core.management.base import CommandParser

from assistant.llm.services import set_language_model
from tenants.management.tenant_command import TenantCommand
from tenants.models import Tenant

OPTIONS = (
    *("mode", "base_url", "model", "api"),
    *("tokens_per_day", "cost_per_day", "price_input", "price_output"),
    *("embeddings", "embedding_model", "embedding_size", "price_embedding"),
)


class Command(TenantCommand):
    """What is not given stays; an empty value is the platform's again."""

    help = "Say when an organisation uses a language model, which one, and for how much a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the settings; docs/language-models.md explains them."""
        super().add_arguments(parser)
        for name in OPTIONS:
            parser.add_argument(f"--{name.replace('_', '-')}")
        parser.add_argument(
            "--key-stdin", action="store_true", help="read the key from the first line of the input"
        )

    def handle_tenant(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Set them, and print what holds now; never the key."""
        given = {name: options[name] for name in OPTIONS if options[name] is not None}
        key = sys.stdin.readline().strip() if options["key_stdin"] else None
        changes = {f"llm_{name}": value_of(name, text) for name, text in given.items()}
        settings = set_language_model(tenant=tenant, changes=changes, key=key)
        for name in OPTIONS:
            self.say(f"{name}: {getattr(settings, f'llm_{name}')}")


def value_of(name: str, text: str) -> str | None:
    """Return what the settings take for a text: an empty limit is none of its own."""
    return None if not text and name.endswith("_per_day") else text
