"""What people wrote to the office from outside, until it is answered."""

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Channel, User
from common.models import Record

# What the sweep knows it as.
KIND = "inbound"
# What a touched button says begins with it; the number is that of the form.
TOUCH = "v1:"


class Delivery(Record):
    """One message as it came in from a person's chat or telephone.

    `wake_at` is when the sweep looks at it again: null once it is answered. A trigger mirrors it to
    `tenants.DueInstant`.
    """

    channel = models.CharField(max_length=10, choices=Channel)
    # The vendor's name for it: what comes twice is the same.
    external_id = models.CharField(max_length=100)
    address = models.CharField(max_length=254)
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    text = models.TextField()
    # The message in the chat, by the vendor's name: this one, or the one whose button was touched.
    place = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Whether it is another wording of what was written there before.
    is_edit = models.BooleanField(default=False, db_default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    wake_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(wake_at__isnull=False, answered_at__isnull=True)
                | Q(wake_at__isnull=True, answered_at__isnull=False),
                name="delivery_waits_or_is_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.external_id}"

    @property
    def conversation(self) -> str:
        """What was said before in the same chat belongs together."""
        return f"{self.channel}:{self.address}"[:100]

    def change(self, **values: Any) -> None:
        """Write these columns and nothing else; call it under the row's lock."""
        type(self).objects.filter(pk=self.pk).update(**values)
        for name, value in values.items():
            setattr(self, name, value)
