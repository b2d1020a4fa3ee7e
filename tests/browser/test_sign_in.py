"""Signing in as people do: with a passkey, and by a provider elsewhere."""

from ipaddress import ip_network

import pytest
from oidc_provider_mock import User as MockUser
from oidc_provider_mock import run_server_in_thread

from accounts.identity_models import Authenticator, IdentityProvider
from accounts.models import Role, User
from tenants.context import tenant_transaction
from tests.browser.conftest import EVE
from tests.conftest import PASSWORD

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_in(page, office):
    page.goto(f"{office}/sign-in")
    page.fill("#id_username", EVE)
    page.fill("#id_password", PASSWORD)
    page.click("button.primary[type=submit]")
    page.wait_for_url(f"{office}/")


def test_a_passkey_is_added_and_signs_in_without_a_password(office, browse, committed):
    def work(page):
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        sign_in(page, office)
        page.goto(f"{office}/security/second-factor")
        page.fill("#passkey-name", "Virtual")
        page.click("#add-passkey")
        page.wait_for_selector("text=Keep these codes")
        page.context.clear_cookies()
        page.goto(f"{office}/sign-in?next=/messages")
        page.click("#use-passkey")
        page.wait_for_url(f"{office}/messages")
        return page.inner_text(".menu-name")

    assert browse(work) == "Eve Employee"
    with tenant_transaction(committed):
        passkey = Authenticator.objects.get(kind="passkey")
        assert passkey.name == "Virtual"
        assert passkey.last_used_at is not None
        assert User.objects.get(email=EVE).mfa_enabled


@pytest.mark.filterwarnings("ignore")  # of the libraries of that server
def test_a_provider_elsewhere_signs_somebody_new_in(office, browse, committed, settings):
    settings.OUTGOING_NETWORKS = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    claims = {"email": "nia@umbrella.example", "email_verified": True, "name": "Nia New"}
    with run_server_in_thread(user_claims=[MockUser(sub="nia", claims=claims)]) as server:
        with tenant_transaction(committed):
            IdentityProvider.objects.create(
                name="Umbrella SSO",
                issuer=f"http://localhost:{server.server_port}",
                client_id="office",
                client_secret="any",
                domains=["umbrella.example"],
                creates_people=True,
                default_role=Role.objects.get(name="employee"),
            )

        def work(page):
            page.goto(f"{office}/sign-in?next=/messages")
            page.fill("#sso-email", "nia@umbrella.example")
            page.click("text=Go to my company's sign-in")
            page.click("text=Go on to Umbrella SSO")
            page.wait_for_selector("input[name=sub]")
            page.fill("input[name=sub]", "nia")
            page.get_by_role("button", name="Authorize", exact=True).click()
            page.wait_for_url(f"{office}/messages")
            return page.inner_text(".menu-name")

        assert browse(work) == "Nia New"
    with tenant_transaction(committed):
        assert User.objects.get(email="nia@umbrella.example").role.name == "employee"
