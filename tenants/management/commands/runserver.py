"""`manage.py runserver`: Django's, which looks at the migrations in a thread of its own."""

from django.contrib.staticfiles.management.commands.runserver import Command as DjangoRunserver

from tenants.context import public_context


class Command(DjangoRunserver):
    """Serve while programming; `make run` does more."""

    def check_migrations(self) -> None:
        """Look at the shared tables: a thread starts in no place at all."""
        with public_context():
            super().check_migrations()
