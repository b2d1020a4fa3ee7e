"""How much of everything a plan allows, how much is used, and the refusal when it is all.

The apps that own what is counted stand above this one: each announces how its use is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet, Sum, Value
from django.template.defaultfilters import filesizeformat
from django.utils.text import capfirst

from common.errors import AppError, RefusedError
from tenants.context import current_tenant, public_context, tenant_or_none
from tenants.models import Tenant
from tenants.plan_models import LIMITS, Limits, Plan

# So close to a limit those who add take turns. Farther away they do not: a limit is safe as long as
# no more than this is being added to one tenant by transactions that are under way together.
NEAR = 100
# Who has so many times that left is not counted again for some seconds: nobody fills it meanwhile.
PLENTY = 100
SECONDS = 5.0


class PlanLimitError(AppError):
    """Everything that the plan allows is used."""

    status = 402
    code = "plan_limit_reached"


class NotInPlanError(RefusedError):
    """The plan allows none of it at all."""

    code = "not_in_plan"


@dataclass(frozen=True, slots=True)
class Use:
    """How one limit is counted and spoken of."""

    # Return how many are used now, up to so many; with None all of them.
    count: Callable[[int | None], int]
    one: str
    many: str
    # What makes room, as the beginning of a sentence.
    advice: str
    # Within so much of a limit those who add take turns.
    near: int = NEAR


@dataclass(frozen=True, slots=True)
class LimitUse:
    """One line of what the consoles show."""

    limit: str
    maximum: int | None
    # None for what nobody counts.
    used: int | None

    def __str__(self) -> str:
        column: Any = Plan._meta.get_field(self.limit)
        return str(capfirst(column.verbose_name))

    @property
    def maximum_text(self) -> str:
        """The limit in words."""
        return "no limit" if self.maximum is None else _amount(self.limit, self.maximum)

    @property
    def used_text(self) -> str:
        """What is used, in words."""
        return "–" if self.used is None else _amount(self.limit, self.used)

    @property
    def has_bar(self) -> bool:
        """Whether there is a part of something to show."""
        return self.used is not None and bool(self.maximum)

    @property
    def is_over(self) -> bool:
        """Whether there is more than the plan allows, as after moving to a smaller one."""
        return self.used is not None and self.maximum is not None and self.used > self.maximum


_uses: dict[str, Use] = {}
# What else counts, in other apps than the one that speaks of the limit.
_more: dict[str, list[Callable[[], QuerySet[Any]]]] = {}
_plenty_until: dict[tuple[UUID, str, int], float] = {}


def register_use(limit: str, use: Use) -> None:
    """Announce how the use of a limit is counted; called once, when the apps load."""
    _uses[limit] = use


def add_to_use(limit: str, rows: Callable[[], QuerySet[Any]]) -> None:
    """Announce rows whose sizes count with a limit, too; called once, when the apps load."""
    _more.setdefault(limit, []).append(rows)


def sizes_of(limit: str, own: QuerySet[Any]) -> int:
    """Return the sizes of these rows and of all that count with the limit, in one query."""
    first, *others = map(_sum, (own, *(rows() for rows in _more.get(limit, ()))))
    return sum(size or 0 for size in first.union(*others, all=True))


def _sum(rows: QuerySet[Any]) -> QuerySet[Any, int | None]:
    whole = rows.order_by().annotate(whole=Value(1)).values("whole")
    summed: QuerySet[Any, int | None] = whole.annotate(sum=Sum("size")).values_list(
        "sum", flat=True
    )
    return summed


def limits_of(tenant: Tenant) -> Limits:
    """Return the tenant's limits: its own where it has some, else its plan's.

    Costs no query for a tenant that was read `with_plan`, as that of a request or job is.
    """
    with public_context():
        plan, own = tenant.plan, getattr(tenant, "own_limits", None)

    def agreed(limit: str) -> int | None:
        maximum: int | None = getattr(own, limit, None)
        return getattr(plan, limit) if maximum is None else maximum

    return Limits(**{limit: agreed(limit) for limit in LIMITS})


def require_room(limit: str, *, added: int = 1) -> None:
    """Raise PlanLimitError when what the transaction has just added is more than the plan allows.

    Call it last, after the write: near the limit it takes a lock until the transaction ends, and
    whoever holds that one must not wait for another. Raises NotInPlanError where the limit is 0.
    Outside every office nothing is limited.
    """
    tenant = tenant_or_none()
    if tenant is None:
        return
    maximum: int | None = getattr(limits_of(tenant), limit)
    if maximum is None:
        return
    use = _uses[limit]
    if maximum == 0:
        raise NotInPlanError(_none_of(use), extra={"limit": limit})
    place = (tenant.pk, limit, maximum)
    if added == 1 and _plenty_until.get(place, 0) > monotonic():
        return
    used = _used(limit, maximum + 1)
    if used < maximum - PLENTY * use.near:
        _plenty_until[place] = monotonic() + SECONDS
    if used > maximum - use.near:
        _take_turns(tenant, limit)
        used = _used(limit, maximum + 1)
    if used > maximum:
        raise _refusal(limit, use, maximum=maximum, used=_used(limit) - added)


def uses_of(tenant: Tenant) -> list[LimitUse]:
    """Return each limit and its use; call it inside the tenant's transaction."""
    limits = limits_of(tenant)
    return [
        LimitUse(name, getattr(limits, name), _used(name) if name in _uses else None)
        for name in LIMITS
    ]


def use_of(limit: str) -> tuple[LimitUse, str]:
    """Return one limit's use in the tenant in force, and the sentence that says it is reached.

    The sentence is empty while there is room.
    """
    maximum: int | None = getattr(limits_of(current_tenant()), limit)
    use = _uses[limit]
    used = _used(limit)
    sentence = ""
    if maximum == 0:
        sentence = _none_of(use)
    elif maximum is not None and used >= maximum:
        sentence = _refusal(limit, use, maximum=maximum, used=used).sentence
    return LimitUse(limit, maximum, used), sentence


def _used(limit: str, most: int | None = None) -> int:
    return _uses[limit].count(most)


def _none_of(use: Use) -> str:
    return f"Your plan does not include {use.many}. Ask for a larger plan."


def _take_turns(tenant: Tenant, limit: str) -> None:
    with connections[tenant.db_alias].cursor() as cursor:
        # Foreign keys are checked at the commit, where they may wait for somebody who waits for us.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        key = f"plan {tenant.pk} {limit}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _refusal(limit: str, use: Use, *, maximum: int, used: int) -> PlanLimitError:
    things = f"of {use.many}" if limit == "storage_bytes" else use.many
    amount = f"{_amount(limit, maximum)} {use.one if maximum == 1 else things}"
    return PlanLimitError(
        f"Your plan allows {amount}, and you have {_amount(limit, used)}."
        f" {use.advice}, or ask for a larger plan.",
        extra={"limit": limit, "maximum": maximum, "used": used},
    )


def _amount(limit: str, number: int) -> str:
    return filesizeformat(number) if limit == "storage_bytes" else f"{number:,}"
