"""Names in comments as pages show them: what was said, what names its reader, whom one can name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Window
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from tasks.models import Comment, Mention, Task
from tasks.naming import key_of, pieces_of
from tasks.readers import nameable, readers_of
from tasks.words import Reader

# Whom a comment names, as `for_page` reads it.
Names = Sequence[Mapping[str, Any]]
MOST_OPTIONS = 8
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Option:
    """Somebody or a team that can be named: the name, and what tells it from others."""

    name: str
    about: str
    is_only: bool = True

    @property
    def words(self) -> str:
        """What to write after the @."""
        return self.name if self.is_only else self.about


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as its reader sees it; news where it names the reader, who has not seen it yet."""

    comment: Comment
    when: str
    text: SafeString
    is_own: bool
    is_news: bool


def comments_of(task: Task, reader: Reader, *, by: User) -> list[Said]:
    """Return what was said about a task, oldest first: one query, however much it is."""
    return [_said(comment, reader, by) for comment in task.comments.for_page()]


def _said(comment: Comment, reader: Reader, by: User) -> Said:
    names: Names = comment.names  # type: ignore[attr-defined]  # by `for_page`
    own = [name for name in names if name["person"] == str(by.pk)]
    return Said(
        comment=comment,
        when=reader.when(comment.created_at),
        text=_with_names(comment.body, names, own),
        is_own=comment.author_id == by.pk,
        is_news=any(name["is_unread"] for name in own),
    )


@dataclass(frozen=True, slots=True)
class News:
    """What names somebody and was not read yet, the newest first; `more` are not shown."""

    rows: list[tuple[Mention, str]]
    more: int

    @property
    def count(self) -> int:
        """How many there are, shown or not."""
        return len(self.rows) + self.more


def mentions_of(user: User) -> News:
    """Return what names this person and was not read yet: one query, however much it is."""
    reader = Reader.for_user(user)
    unread = Mention.objects.visible_to(user).unread().with_comment()
    rows = list(unread.annotate(total=Window(Count("pk")))[:MOST_SHOWN])
    total: int = rows[0].total if rows else 0  # type: ignore[attr-defined]  # annotated above
    return News([(each, reader.when(each.created_at)) for each in rows], total - len(rows))


def _with_names(body: str, names: Names, own: Names) -> SafeString:
    """Return what was said, with the names in it marked; those of the reader stand out."""
    readers = {key_of(name["words"]) for name in own}
    is_own = {key: key in readers for key in (key_of(name["words"]) for name in names)}
    pieces = pieces_of(body, is_own)
    return format_html_join("", "{}", ((_marked(*piece, is_own),) for piece in pieces))


def _marked(piece: str, is_name: bool, names: Mapping[str, bool]) -> str:  # noqa: FBT001
    if not is_name:
        return piece
    kind = "mention is-me" if names.get(key_of(piece)) else "mention"
    return format_html('<mark class="{}">@{}</mark>', kind, piece)


def options_for(start: str, *, task: Task, by: User) -> list[Option]:
    """Return what can stand after an @ that begins so."""
    words, beginning = start.split()[:1], key_of(start)
    if not words:
        return []
    known, readers = nameable(words, task=task, by=by), set(readers_of(task))
    people = [each for each in known.people if each in readers and each.pk != by.pk]
    names = Counter(key_of(each.full_name) for each in people)
    found = [
        Option(each.full_name, each.email, is_only=names[key_of(each.full_name)] == 1)
        for each in people
        if key_of(each.full_name).startswith(beginning) or each.email.startswith(beginning)
    ]
    found += [
        Option(team.name, _("Team"))
        for team in known.teams
        if key_of(team.name).startswith(beginning)
    ]
    return sorted(found, key=lambda option: key_of(option.name))[:MOST_OPTIONS]
