"""Django's admin with our platform console as the site that third-party apps register on."""

from django.contrib.admin.apps import AdminConfig


class OfficeAdminConfig(AdminConfig):
    """Stands in INSTALLED_APPS in place of `django.contrib.admin`."""

    default_site = "accounts.consoles.PlatformConsole"
