"""The consoles as the address tables include them."""

from django.contrib.admin import site as platform_console

from accounts.consoles import tenant_console

__all__ = ["platform_console", "tenant_console"]
