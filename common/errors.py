"""The refusals of the office: a stable code for programs and one sentence for people."""

from math import ceil
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise


class AppError(Exception):
    """Something the office will not do, and why. API and pages show the same code and sentence.

    A sentence that is translated is in the language that is spoken when the error is raised:
    that of the reader on pages, English in the API and in jobs.
    """

    status: ClassVar[int] = 400
    code = "invalid"

    def __init__(
        self,
        sentence: StrOrPromise,
        *,
        code: str | None = None,
        attr: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.sentence = str(sentence)
        super().__init__(self.sentence)
        self.code = code or self.code
        self.attr = attr
        self.extra = extra or {}


class InvalidError(AppError):
    """The input has the right shape and makes no sense; `attr` names the field."""

    status = 400


class UnprocessableError(AppError):
    """Understood, and impossible as it stands."""

    status = 422


class UnauthenticatedError(AppError):
    """Nobody we know."""

    status = 401
    code = "authentication_failed"


class RefusedError(AppError):
    """You may see it and not do it."""

    status = 403
    code = "permission_denied"


class MissingError(AppError):
    """It is not there, or you may not know that it is."""

    status = 404
    code = "not_found"


class ConflictError(AppError):
    """Somebody else was first."""

    status = 409
    code = "conflict"


class ChangedMeanwhileError(AppError):
    """The object is not the one that `If-Match` names (RFC 9110, section 13.1.1)."""

    status = 412
    code = "precondition_failed"


class TooLongError(AppError):
    """More than we read at once."""

    status = 413
    code = "request_too_large"


class ElsewhereError(AppError):
    """It is at home in another region, at the address `home` (RFC 9110, section 15.5.20)."""

    status = 421
    code = "wrong_region"

    def __init__(self, home: str) -> None:
        sentence = _("This office is at home at {home}.").format(home=home)
        super().__init__(sentence, extra={"home": home})


class TooManyError(AppError):
    """Too often; `retry_after` is in how many seconds it may be tried again."""

    status = 429
    code = "throttled"

    def __init__(
        self, sentence: StrOrPromise, *, retry_after: float, extra: dict[str, Any] | None = None
    ) -> None:
        super().__init__(sentence, extra={**(extra or {}), "retry_after": ceil(retry_after)})


class ReadOnlyError(AppError):
    """It can only be read for a while; to be tried again in so many seconds."""

    status = 503
    code = "read_only"
    RETRY_AFTER = 30

    def __init__(self) -> None:
        sentence = _("This office is being moved and can only be read; try again in a minute.")
        super().__init__(sentence, extra={"retry_after": self.RETRY_AFTER})
