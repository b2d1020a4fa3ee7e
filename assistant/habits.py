"""What the words of an office mean in this one: its hours, its days, its year."""

from assistant.interpreter import Office
from tenants.context import current_tenant


def office_habits() -> Office:
    """Return what the tenant has set."""
    used_to = current_tenant().settings
    return Office(
        opens=used_to.office_opens,
        closes=used_to.office_closes,
        working_days=frozenset(used_to.working_days),
        fiscal_year_starts=used_to.fiscal_year_starts,
    )
