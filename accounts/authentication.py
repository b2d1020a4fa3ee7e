"""Who asks, by access token. The token itself was verified once, in TenantMiddleware."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.middleware import access_of
from accounts.models import User
from accounts.tokens import BAD_TOKEN
from common.compiled import ByKey
from common.origin import set_actor
from tenants.context import home_alias

ACTIVE_PERSON = ByKey(User.objects.active, "role")


class TokenAuthentication(BaseAuthentication):
    """Turns the verified claims into the person as the database knows them now; one query."""

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        """Return the person, None without a token. Raises AuthenticationFailed (401)."""
        access = access_of(request._request)  # noqa: SLF001  DRF offers no other way to it
        if access is None:
            return None
        if access.claims is None:
            raise AuthenticationFailed(BAD_TOKEN)
        user = ACTIVE_PERSON.find(access.claims.user_id, using=home_alias())
        if user is None:
            raise AuthenticationFailed(BAD_TOKEN)
        set_actor(user)
        return user, access.claims

    def authenticate_header(self, request: Request) -> str:
        """Make DRF answer 401 and not 403 to strangers (RFC 6750, section 3)."""
        return 'Bearer realm="office"'
