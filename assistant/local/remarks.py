"""What the engine tells a reader about its reading: a stable code and one sentence."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from assistant.interpreter import ParseWarning

_SENTENCES = {
    "past_date": _("The date lies in the past."),
    "impossible_date": _("The calendar has no such date."),
    "time_assumed": _("No time was given; {closes} was assumed."),
    "ambiguous_time": _("The time does not say morning or afternoon; office hours were assumed."),
    "ambiguous_date": _("The date was read as {order}."),
    "several_dates": _("The text names several dates; one was taken."),
    "weekday_mismatch": _("The weekday and the date do not go together; the date was taken."),
    "weekday_far": _("The coming date of that number is another weekday; a later one was taken."),
    "time_in_gap": _("The clocks are put forward over that time; it was moved."),
    "text_too_long": _("Only the beginning of the text was read."),
}


def warning(code: str, **words: str) -> ParseWarning:
    """The warning with its sentence, in the language that is spoken."""
    return ParseWarning(code, gettext(_SENTENCES[code]).format(**words))
