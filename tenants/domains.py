"""Host names of organisations' own: added, proved by a word in the DNS, looked at again, removed.

Nothing remembers whose a host name is: each request asks the table, so that what is written here
holds from the next one on.
"""

import logging
from datetime import timedelta
from hmac import compare_digest
from ipaddress import ip_address
from secrets import token_urlsafe

import idna
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from common.errors import ConflictError, InvalidError, MissingError
from common.resolver import ResolverAwayError, texts_of
from tenants.context import public_context
from tenants.domain_models import Domain
from tenants.models import Tenant

logger = logging.getLogger(__name__)

LONGEST = 253
# A proof that was found is looked for again after a day; so many in one run.
AGAIN_AFTER = timedelta(days=1)
ON_A_RUN = 200
RUN_FOR = timedelta(seconds=60)
AWAY = "The DNS did not answer; try again in a moment."


def add_domain(*, tenant: Tenant, name: str) -> Domain:
    """Note a host name of the organisation's own, which leads nowhere until it is proved.

    Raises InvalidError for what is no host name, belongs to the platform, or is somebody's already.
    """
    domain = Domain(tenant=tenant, domain=host_name(name), token=token_urlsafe(32))
    try:
        with public_context(), transaction.atomic():
            domain.save(force_insert=True)  # type: ignore[no-untyped-call]  # django-tenants
    except IntegrityError:
        sentence = f"“{domain.domain}” is an organisation's already."
        raise InvalidError(sentence, code="unique", attr="domain") from None
    return domain


def remove_domain(*, domain: Domain) -> None:
    """Let the host name lead nowhere from the next request on."""
    with public_context(), transaction.atomic():
        domain.delete()


def host_name(text: str) -> str:
    """Return a host name as browsers send it: lower case, and in ASCII. Raises InvalidError."""
    try:
        name = idna.encode(text.strip().rstrip("."), uts46=True, std3_rules=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise InvalidError("This is no host name.", attr="domain") from None
    if len(name) > LONGEST or "." not in name or _is_address(name):
        raise InvalidError("This is no host name, as office.example.com.", attr="domain")
    base = settings.BASE_DOMAIN
    if f".{name}".endswith(f".{base}") or name in settings.PUBLIC_HOSTS:
        sentence = f"“{name}” is the platform's: rename the organisation instead."
        raise InvalidError(sentence, code="reserved", attr="domain")
    return name


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        # No top level domain is a number: programs take such names for addresses.
        return name.rpartition(".")[2].isdecimal()
    return True


def prove_domain(*, domain: Domain) -> Domain:
    """Look for the word in the DNS; where it is, the host name leads to its organisation from now.

    It asks outside: call it in no transaction. Raises ConflictError saying what was found instead.
    """
    problem = _look(domain)
    proved = _keep(domain, problem)
    if problem:
        raise ConflictError(problem, code="not_proved")
    return proved


def look_again() -> int:
    """Look for the proofs that were not looked at for a day; one that is gone only warns.

    A DNS that breaks for a while shall not close an office: an operator decides.
    """
    end, old = timezone.now() + RUN_FOR, timezone.now() - AGAIN_AFTER
    with public_context():
        rows = Domain.objects.proved().filter(checked_at=None) | Domain.objects.proved().filter(
            checked_at__lt=old
        )
        found = list(rows.order_by(F("checked_at").asc(nulls_first=True))[:ON_A_RUN])
    looked = 0
    for domain in found:
        if timezone.now() > end:
            break
        problem = _look(domain)
        if problem:
            logger.warning("proof of a host name is gone", extra={"domain_id": domain.pk})
        try:
            _keep(domain, problem)
        except MissingError:
            continue
        looked += 1
    return looked


def _look(domain: Domain) -> str:
    """Return what is wrong, nothing when the word is there."""
    try:
        texts = texts_of(domain.challenge)
    except ResolverAwayError:
        return AWAY
    if any(compare_digest(text.encode(), domain.token.encode()) for text in texts if text):
        return ""
    if texts:
        return f"The TXT record of {domain.challenge} says something else."[:200]
    return f"There is no TXT record of {domain.challenge}."[:200]


def _keep(domain: Domain, problem: str) -> Domain:
    """Write down what was found. Raises MissingError when the host name was removed meanwhile."""
    with public_context(), transaction.atomic():
        rows = Domain.objects.select_for_update(of=("self",))
        row = rows.filter(pk=domain.pk, token=domain.token).first()
        if row is None:
            raise MissingError("The host name was removed meanwhile.")
        row.checked_at, row.problem = timezone.now(), problem
        if not problem and row.verified_at is None:
            row.verified_at = row.checked_at
        row.save(update_fields=["checked_at", "problem", "verified_at"])  # type: ignore[no-untyped-call]  # same
    return row
