"""One file for each vendor, behind one Protocol."""

from connections.models import ProviderName
from connections.providers.base import Account, Beginning, Provider, Tokens, Way
from connections.providers.google import Google
from connections.providers.microsoft import Microsoft
from connections.providers.slack import Slack

PROVIDERS: dict[str, Provider] = {
    ProviderName.MICROSOFT: Microsoft(),
    ProviderName.GOOGLE: Google(),
    ProviderName.SLACK: Slack(),
}

__all__ = ["PROVIDERS", "Account", "Beginning", "Provider", "Tokens", "Way"]
