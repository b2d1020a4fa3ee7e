"""An office's own provider, as it is set up, and the way to it."""

from accounts.identity_models import IdentityProvider
from accounts.models import Role
from tests.peers.oidc import CLIENT, SECRET

EVE, PROVIDERS = "eve@acme.example", "/api/v1/admin/identity-providers"


def set_up(peer, name="Elsewhere", **more):
    facts = {
        "name": name,
        "issuer": peer.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "domains": ["acme.example"],
        "default_role": Role.objects.get(name="employee"),
        **more,
    }
    return IdentityProvider.objects.create(**facts)


def begin(client, provider, query=""):
    answer = client.get(f"/sso/{provider.pk}/begin{query}")
    assert answer.status_code == 302, answer.content
    return answer.url
