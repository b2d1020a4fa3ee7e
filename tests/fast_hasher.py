"""Argon2 as in production, with parameters that let the tests run quickly."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class FastArgon2PasswordHasher(Argon2PasswordHasher):
    """The same algorithm with little work."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
