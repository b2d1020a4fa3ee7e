"""Who asks, by access token. TenantMiddleware has verified it and looked the person up."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.middleware import access_of
from accounts.models import User
from accounts.tokens import BAD_TOKEN
from common.origin import set_actor


class TokenAuthentication(BaseAuthentication):
    """Lets in who was found behind the token."""

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        """Return the person, None without a token. Raises AuthenticationFailed (401)."""
        access = access_of(request._request)  # noqa: SLF001  DRF offers no other way to it
        if access is None:
            return None
        if access.person is None:
            raise AuthenticationFailed(BAD_TOKEN)
        set_actor(access.person)
        return access.person, access.claims

    def authenticate_header(self, request: Request) -> str:
        """Make DRF answer 401 and not 403 to strangers (RFC 6750, section 3)."""
        return 'Bearer realm="office"'
