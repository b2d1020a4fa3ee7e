"""What can go wrong, as sentences for the person at the terminal."""


class EmbeddedError(Exception):
    """The embedded servers cannot do what was asked; the message says why."""


class StartFailedError(EmbeddedError):
    """A program ended or stayed silent while it was being started."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name


class StopAskedError(Exception):
    """Somebody asked for the end while something was being waited for."""
