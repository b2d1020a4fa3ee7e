"""`manage.py seed_demo`: two offices to look at, with people, teams and some work."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from tenants.context import tenant_transaction
from tenants.directory import address_of
from tenants.models import Tenant
from tenants.plan_models import Tier
from tenants.services import change_tier, open_tenant

OFFICES = {"acme": ("Acme Corp", Tier.PRO), "globex": ("Globex", Tier.FREE)}


class Command(BaseCommand):
    """Make the demo offices once; run again it only prints them."""

    help = "Open the demo offices acme and globex."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one line of JSON: addresses and logins."""
        apps = ("accounts", "tasks", "calendar_app", "documents")
        demos = [import_string(f"{app}.demo.seed") for app in apps]
        for slug, (name, tier) in OFFICES.items():
            tenant = Tenant.objects.filter(slug=slug).first()
            if tenant is None:
                tenant = change_tier(tenant=open_tenant(name=name, slug=slug), tier=tier)
                for seed in demos:
                    with tenant_transaction(tenant):
                        seed(slug)
        logins = import_string("accounts.demo.LOGINS")
        tenants = {t.slug: address_of(t) for t in Tenant.objects.filter(slug__in=OFFICES)}
        seed_operator = import_string("accounts.demo.seed_operator")
        seed_operator()
        self.stdout.write(
            json.dumps({"tenants": tenants, "logins": logins, "api": settings.PUBLIC_URL})
        )
