"""Inviting many people at once out of a table: looked at line by line, then all or nothing."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import StringIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity_models import Invitation
from accounts.invitations import invite
from accounts.models import Role, User
from common.errors import InvalidError, UnprocessableError
from tenants.context import atomic

COLUMNS = ("email", "full_name", "role")
MOST = 500
USUAL_ROLE = "employee"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line; the first line of the file is 1."""

    line: int
    attr: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody to be invited."""

    number: int
    email: str
    full_name: str
    role: str


class Office:
    """What lines are compared with, asked once for all of them."""

    def __init__(self, emails: set[str], by: User) -> None:
        now = timezone.now()
        people = User.objects.filter(email__in=emails)
        open_ones = Invitation.objects.waiting().filter(email__in=emails, expires_at__gt=now)
        self.taken = set(people.values_list("email", flat=True))
        self.invited = set(open_ones.values_list("email", flat=True))
        self.roles = {role.name: frozenset(role.permissions) for role in Role.objects.all()}
        self.rights = by.permissions
        self.seen: dict[str, int] = {}

    def problems(self, line: Line) -> Iterator[Problem]:
        """Return everything that is wrong with a line."""
        yield from self._with_email(line)
        if not line.full_name or len(line.full_name) > 120:  # noqa: PLR2004  as the column
            yield Problem(line.number, "full_name", "invalid", "A name of up to 120 letters.")
        if line.role not in self.roles:
            yield Problem(
                line.number,
                "role",
                "unknown_role",
                _("There is no role “{role}”.").format(role=line.role),
            )
        elif not self.rights >= self.roles[line.role]:
            words = _("This takes rights that you do not have yourself.")
            yield Problem(line.number, "role", "beyond_own_rights", words)

    def _with_email(self, line: Line) -> Iterator[Problem]:
        first = self.seen.setdefault(line.email, line.number)
        if not _is_address(line.email):
            yield Problem(line.number, "email", "invalid", _("This is not an e-mail address."))
        elif first != line.number:
            words = _("The same address stands in line {first}.").format(first=first)
            yield Problem(line.number, "email", "duplicate", words)
        elif line.email in self.taken:
            yield Problem(line.number, "email", "email_taken", _("Another person has this e-mail."))
        elif line.email in self.invited:
            yield Problem(
                line.number, "email", "invited", _("Somebody was invited at this address.")
            )


def check_people(*, text: str, by: User) -> tuple[list[Line], list[Problem]]:
    """Return the lines of the table, and every problem in them, by line.

    Raises InvalidError for what is no such table at all.
    """
    lines, problems = _read(text)
    office = Office({line.email for line in lines}, by)
    problems += [problem for line in lines for problem in office.problems(line)]
    return lines, sorted(problems, key=lambda problem: problem.line)


@atomic()
def import_people(*, text: str, by: User) -> list[Invitation]:
    """Invite everybody in the table, or nobody.

    Raises InvalidError, and UnprocessableError `import_problems` with all of them.
    """
    lines, problems = check_people(text=text, by=by)
    if problems:
        raise UnprocessableError(
            _("Nobody was invited: the table has problems."),
            code="import_problems",
            extra={"problems": [asdict(problem) for problem in problems]},
        )
    return [
        invite(email=line.email, full_name=line.full_name, role=line.role, by=by) for line in lines
    ]


def _read(text: str) -> tuple[list[Line], list[Problem]]:
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _check_names(names)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        sentence = _("Line {line_num}: {error}.").format(line_num=reader.line_num, error=error)
        raise InvalidError(sentence, code="no_table", attr="csv") from error
    if not 0 < len(rows) <= MOST:
        raise InvalidError(
            _("A table has from 1 to {most} people.").format(most=MOST), code="no_table", attr="csv"
        )
    problems = [
        Problem(
            number,
            "",
            "columns",
            _("The line has {number} columns, not {number2}.").format(
                number=len(row), number2=len(names)
            ),
        )
        for number, row in rows
        if len(row) != len(names)
    ]
    whole = [
        _line(number, dict(zip(names, row, strict=True)))
        for number, row in rows
        if len(row) == len(names)
    ]
    return whole, problems


def _check_names(names: list[str]) -> None:
    if len(set(names)) != len(names) or not {"email", "full_name"} <= {*names} <= {*COLUMNS}:
        sentence = "The first line names the columns: email, full_name and, if wanted, role."
        raise InvalidError(sentence, code="no_table", attr="csv")


def _line(number: int, cells: Mapping[str, str]) -> Line:
    role = cells.get("role", "").strip() or USUAL_ROLE
    return Line(number, cells["email"].strip().lower(), cells["full_name"].strip(), role)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254  # noqa: PLR2004  as the column


def shown(lines: list[Line], problems: list[Problem]) -> dict[str, Any]:
    """Return what the API answers."""
    return {"people": len(lines), "problems": [asdict(problem) for problem in problems]}
