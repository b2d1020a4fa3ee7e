"""Where organisations went that are no longer at home here."""

from django.db import models


class MovedAway(models.Model):
    """That an address of ours belongs to another region now; nothing of the organisation itself.

    The id that it had here stands as a hash, so that old tokens are told where to go, and so that
    erasing what it left finds no trace of it.
    """

    slug = models.SlugField(max_length=50, unique=True)
    id_hash = models.CharField(max_length=64, unique=True)
    region = models.CharField(max_length=20)
    moved_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.slug} in {self.region}"
