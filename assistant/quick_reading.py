"""What was understood of a sentence, as the page shows it: a chip for each part."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from assistant.interpreter import AssigneeStatus, Draft
from assistant.part_forms import PartsForm, form_of, offer_people
from assistant.services import TASK_INTENTS, check_draft, glance_at_text
from assistant.shown import Shown, as_shown, check_times, pick
from common.errors import AppError
from common.rule_words import rule_words
from tasks.forms import ONE_LABEL
from tasks.models import Priority
from tasks.words import Reader, lead_words

# All choosers are open.
EACH = "each"


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood, or could be said; `kind` also names its icon."""

    kind: str
    name: str
    text: str
    # What leaves it out; nothing for what is not there.
    part: str = ""
    field: BoundField | None = None
    is_refused: bool = False
    is_open: bool = False

    @property
    def hidden(self) -> SafeString:
        """What is sent of it while its chooser is shut."""
        if self.field is None:
            return SafeString()
        return self.field.as_hidden() + self.field.as_hidden(only_initial=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of a sentence, and the question that keeps it from being stored."""

    title: str
    chips: list[Chip]
    warnings: list[str]
    question: str = ""
    text: str = ""


def reading_of(draft: Draft, *, by: User, question: str = "", reminds: bool = True) -> Reading:
    """Return a draft in the words of the person who wrote it."""
    is_clear = draft.intent in TASK_INTENTS
    warnings = [item.sentence for item in draft.warnings if item.sentence != question]
    return Reading(
        title=draft.title if is_clear else "",
        chips=[*_chips(draft, by, reminds=reminds)] if is_clear else [],
        warnings=warnings if is_clear else [],
        question=question,
    )


def read_as_shown(
    text: str, shown: Shown, *, by: User, opened: str = "", refusal: str = ""
) -> Reading:
    """Return what the rules understand, with what was chosen and left out, and the question.

    `opened` names the part whose chooser stands open. Nothing is stored, and nobody is asked.
    """
    read, question = glance_at_text(text=text, by=by), refusal
    chosen = read
    try:
        chosen = pick(read, shown.picked, by=by)
        draft = as_shown(read, shown, by=by)
        check_draft(draft, by=by)
        check_times(draft)
    except AppError as error:
        question = question or error.sentence
    # What is left out can be taken back, so it is shown.
    reminds = Shown(picked=shown.picked).reminds
    reading = reading_of(chosen, by=by, question=question, reminds=reminds)
    if not reading.title:
        return replace(reading, text=text)
    form = form_of(read, chosen, by=by, reminds=reminds)
    if opened in {"person", EACH}:
        offer_people(form, read, by=by)
    chips = [*_changeable(reading.chips, form, chosen, shown, opened)]
    return replace(reading, text=text, chips=chips)


def _changeable(
    chips: list[Chip], form: PartsForm, draft: Draft, shown: Shown, opened: str
) -> Iterator[Chip]:
    """Yield the chips with their fields, and then those of what was not said."""
    there = {chip.kind for chip in chips}
    for chip in chips:
        is_one_label = chip.kind == "label"
        yield replace(
            chip,
            field=None if is_one_label else form[chip.kind],
            is_refused=bool({chip.part, chip.kind} & shown.without),
            is_open=opened in {chip.kind, EACH},
        )
    for name in form.fields:
        # All labels are changed at once, beside them.
        if name == "label" or (name not in there and (name != "bell" or draft.due)):
            field = form[name]
            yield Chip(name, str(field.label), "", field=field, is_open=opened in {name, EACH})


def _chips(draft: Draft, by: User, *, reminds: bool) -> Iterator[Chip]:
    who = _who(draft)
    if who:
        yield Chip("person", _("Who"), who, "person")
    if draft.due is not None:
        when = Reader.for_user(by).when(draft.due)
        yield Chip("clock", _("When"), f"{when} ({by.timezone})", "clock")
        if reminds:
            told = _("Reminder {lead_words}").format(lead_words=lead_words(draft.reminder_offset))
            yield Chip("bell", _("Reminder"), told, "bell")
    if draft.recurrence:
        yield Chip("repeat", _("Repeats"), capfirst(rule_words(draft.recurrence)), "repeat")
    if draft.priority != "medium":
        said = _("{priority} priority").format(priority=Priority(draft.priority).label)
        yield Chip("flag", _("Priority"), said, "flag")
    for label in draft.labels:
        yield Chip("label", _("Label"), label, f"{ONE_LABEL}{label}")


def _who(draft: Draft) -> str:
    if draft.assignee is not None:
        team = f" ({draft.assignee.team_name})" if draft.assignee.team_name else ""
        return draft.assignee.full_name + team
    if draft.assignee_status in {AssigneeStatus.NONE, AssigneeStatus.SELF}:
        return _("You")
    return f"{draft.assignee_text}?"
