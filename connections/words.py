"""What the trouble with an account reads like in plain words."""

from connections.models import ProviderName

# login.microsoftonline.com/error: what an administrator or the person can do about it.
MICROSOFT = {
    65001: "Nobody has agreed to what the office asks for; connect it again and agree.",
    50173: "The password was changed or the sign-in ended; connect it again.",
    700082: "It was not used for so long that the sign-in ended; connect it again.",
    50076: "Microsoft wants a second factor; connect it again.",
    50079: "Microsoft wants a second factor to be set up; connect it again.",
    53003: "A rule of your Microsoft 365 blocks this access; ask who administers it.",
    50057: "The account is disabled in Microsoft 365.",
}
# Mistakes of the platform: no person can mend them by connecting again.
OF_THE_PLATFORM = {
    7000215: "The platform's secret for Microsoft is wrong; tell who runs this platform.",
    7000222: "The platform's secret for Microsoft has ended; tell who runs this platform.",
}


def name_of(provider: str) -> str:
    """Return what people call the vendor."""
    return str(ProviderName(provider).label)
