"""What the engine tells a reader about its reading: a stable code and one sentence."""

from assistant.interpreter import ParseWarning

_SENTENCES = {
    "past_date": "The date lies in the past.",
    "impossible_date": "The calendar has no such date.",
    "time_assumed": "No time was given; {closes} was assumed.",
    "ambiguous_time": "The time does not say morning or afternoon; office hours were assumed.",
    "ambiguous_date": "The date was read as {order}.",
    "several_dates": "The text names several dates; one was taken.",
    "weekday_mismatch": "The weekday and the date do not go together; the date was taken.",
    "weekday_far": "The coming date of that number is another weekday; a later one was taken.",
    "time_in_gap": "The clocks are put forward over that time; it was moved.",
    "text_too_long": "Only the beginning of the text was read.",
}


def warning(code: str, **words: str) -> ParseWarning:
    """The warning with its sentence."""
    return ParseWarning(code, _SENTENCES[code].format(**words))
