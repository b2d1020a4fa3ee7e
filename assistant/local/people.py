"""Who is meant: names and teams against the directory, without ever guessing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.interpreter import AssigneeStatus, Candidate, Directory, Person
from assistant.local.makers import Lists
from assistant.local.text import fold
from assistant.local.typos import is_one_edit

EXACT = 1.0
CLOSE = 0.95  # more than one word of the name, or the name of the mailbox
ONE_NAME = 0.9  # the first or the last name alone
TYPO = 0.7
SHORTEST_WITH_TYPO = 5

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Match:
    """What a phrase says about who: the status, and those who fit."""

    status: AssigneeStatus
    candidates: tuple[Candidate, ...] = ()


NOBODY = Match(AssigneeStatus.NOT_FOUND)
SELF = Match(AssigneeStatus.SELF)


def normalize(phrase: str) -> str:
    """The words of a phrase, folded; an e-mail address stays whole."""
    folded = fold(phrase).strip(" .,;:!?()\"'")
    return folded if "@" in folded else " ".join(_WORD.findall(folded))


class Roster:
    """The directory, by every form of a name; made when the first name is looked up."""

    def __init__(self, directory: Directory, lists: Lists) -> None:
        self._directory = directory
        self._lists = lists
        self._forms: dict[str, list[Candidate]] | None = None
        self._empty: set[str] = set()

    def find(self, phrase: str, *, typos: bool = False) -> Match:
        """Those who fit the phrase best; several who fit equally well are ambiguous."""
        words = normalize(phrase)
        if words in self._lists["self"]:
            return SELF
        if self._is_empty_team(words):
            return NOBODY
        fitting = self.forms.get(words) or self.forms.get(self._team_name(words)) or []
        fitting = fitting or self._in_role(words)
        if fitting or not typos:
            return _decide(fitting)
        near = _decide(list(self._near(words)))
        is_one = near.status is AssigneeStatus.FOUND
        return near if is_one else Match(AssigneeStatus.NOT_FOUND, near.candidates)

    def knows(self, phrase: str) -> bool:
        """Whether the phrase names somebody or some team exactly; a role may be a thing."""
        words = normalize(phrase)
        is_named = words in self.forms or self._team_name(words) in self.forms
        return is_named or words in self._lists["self"] or self._is_empty_team(words)

    def _is_empty_team(self, words: str) -> bool:
        exact = any(one.score == EXACT for one in self.forms.get(words, ()))
        return not exact and not self._empty.isdisjoint({words, self._team_name(words)})

    @property
    def forms(self) -> dict[str, list[Candidate]]:
        """Who fits which normalized phrase."""
        if self._forms is None:
            self._forms = {}
            for form, candidate in self._listed():
                if form:
                    self._forms.setdefault(form, []).append(candidate)
        return self._forms

    def _listed(self) -> Iterator[tuple[str, Candidate]]:
        people = {person.id: person for person in self._directory.people}
        for person in people.values():
            yield from _forms_of(person)
        for team in self._directory.teams:
            first = next((people[one] for one in team.member_ids if one in people), None)
            form = normalize(team.name)
            names = {form, self._team_name(form)}
            if first is None:
                self._empty |= names
                continue
            for name in names:
                yield name, Candidate(first.id, first.full_name, team.id, team.name, EXACT)

    def _team_name(self, words: str) -> str:
        """The bare name of "the finance team"."""
        parts = words.split()
        while len(parts) > 1 and parts[0] in self._lists["before_team"]:
            parts = parts[1:]
        if len(parts) > 1 and parts[-1] in self._lists["after_team"]:
            parts = parts[:-1]
        return " ".join(parts)

    def _in_role(self, words: str) -> list[Candidate]:
        """Those who have the role of "an admin", "the manager": several are asked about."""
        first, _space, rest = words.partition(" ")
        bare = rest if first in self._lists["determiners"] else words
        ids = {
            one
            for role in self._directory.roles
            if normalize(role.name) == bare
            for one in role.member_ids
        }
        members = [person for person in self._directory.people if person.id in ids]
        return [Candidate(one.id, one.full_name, None, None, ONE_NAME) for one in members]

    def _near(self, words: str) -> Iterator[Candidate]:
        if len(words) < SHORTEST_WITH_TYPO:
            return
        for form, candidates in self.forms.items():
            if len(form) >= SHORTEST_WITH_TYPO and is_one_edit(words, form):
                for one in candidates:
                    yield Candidate(one.user_id, one.full_name, one.team_id, one.team_name, TYPO)


def _forms_of(person: Person) -> Iterator[tuple[str, Candidate]]:
    names = [words for name in person.full_name.split() if (words := normalize(name))]
    mail = fold(person.email)
    scores = {mail.partition("@")[0]: CLOSE, normalize(mail.partition("@")[0]): CLOSE}
    if names:
        scores |= {names[0]: ONE_NAME, names[-1]: ONE_NAME}
        scores |= {" ".join(names[:count]): CLOSE for count in range(2, len(names))}
        scores |= {f"{names[0]} {names[-1]}": CLOSE, f"{names[0]} {names[-1][0]}": CLOSE}
    scores |= {" ".join(names): EXACT, mail: EXACT}
    for form, score in scores.items():
        yield form, Candidate(person.id, person.full_name, None, None, score)


def _decide(fitting: list[Candidate]) -> Match:
    best = max((one.score for one in fitting), default=0.0)
    top = tuple({one.user_id: one for one in fitting if one.score == best}.values())
    if not top:
        return NOBODY
    status = AssigneeStatus.FOUND if len(top) == 1 else AssigneeStatus.AMBIGUOUS
    return Match(status, top)
