"""Host names of organisations' own."""

from typing import Self

from auditlog.registry import auditlog
from django.db import models
from django_tenants.models import DomainMixin


class DomainQuerySet(models.QuerySet["Domain"]):
    """Reads of the host names."""

    def proved(self) -> Self:
        """Those that lead to their organisation."""
        return self.filter(verified_at__isnull=False)

    def unproved(self) -> Self:
        """Those that lead nowhere yet."""
        return self.filter(verified_at=None)

    def doubtful(self) -> Self:
        """Those that lead to their organisation although the proof was not found lately."""
        return self.proved().exclude(problem="")


class Domain(DomainMixin):
    """A host name of an organisation's own, beside `<slug>.<base domain>`.

    It leads nowhere until somebody has shown, by a word in its DNS, that it is the organisation's.
    """

    token = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    verified_at = models.DateTimeField("proved", null=True, blank=True)
    checked_at = models.DateTimeField("looked at", null=True, blank=True)
    # Why the proof was not found when it was looked for last.
    problem = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = models.Manager.from_queryset(DomainQuerySet)()

    class Meta:
        ordering = ["domain"]
        verbose_name = "host name"

    @property
    def challenge(self) -> str:
        """The name in the DNS where the word is looked for."""
        return f"_office-challenge.{self.domain}"

    @property
    def state(self) -> str:
        """How it is, in a word."""
        if self.verified_at is None:
            return "not proved"
        return "doubtful" if self.problem else "proved"


auditlog.register(Domain, include_fields=["domain", "tenant", "is_primary", "verified_at"])
