"""The newer pages of the platform console in a browser."""

from tenants.context import public_context
from tenants.domains import add_domain
from tenants.models import Tenant
from tests.browser.axe import faults_of
from tests.browser.test_consoles import (  # noqa: F401  a fixture
    OLGA,
    operator,
    sign_in,
)
from tests.peers.dns import serving_names


def test_a_host_name_is_proved_with_a_button(office, browse, committed, operator, settings):  # noqa: F811
    """And axe finds nothing on the pages of host names, features and moves."""
    shared = settings.PUBLIC_URL
    domain = add_domain(tenant=committed, name="office.umbrella.example")
    places = {
        "domain-add": "tenants/domain/add/",
        "domain": f"tenants/domain/{domain.pk}/change/",
        "tenant": f"tenants/tenant/{committed.pk}/change/",
        "move": f"tenants/tenant/{committed.pk}/move/",
        "plan": "tenants/plan/free/change/",
        "runs": "tenants/jobrun/",
    }

    def work(page):
        sign_in(page, shared, OLGA)
        page.goto(f"{shared}/admin/{places['domain']}")
        page.click("text=Look for the record now")
        page.wait_for_selector("text=is proved: it leads to")
        found = []
        for name, place in places.items():
            found += faults_of(page, f"{shared}/admin/{place}", f"platform-{name}")
        return found

    with serving_names() as zone:
        settings.DNS_SERVERS = [zone.server]
        zone.texts[domain.challenge] = [domain.token]
        found = browse(work)
    assert not found, "\n".join(found)
    with public_context():
        assert Tenant.objects.filter(domains__verified_at__isnull=False, pk=committed.pk).exists()
