"""How requests open: <opening> asks the speaker, <call> is followed by the name of somebody.

"please" and "can you" before them are <courtesy>; a linker leads from the person to the thing.
"""

from assistant.local.grammar import Rules
from assistant.local.values import Opening

RULES = Rules()

_LINKERS = frozenset({"to", "that", "about", "of", ":", "regarding", "for"})
NAME_LINKERS: dict[str, frozenset[str]] = {  # what must stand behind a name; empty: anything
    "any": _LINKERS,
    "remind": frozenset(),
    "assign": frozenset(),
    "for": frozenset({":", ","}),
    "ask": frozenset({"to"}),
    "get": frozenset({"to"}),
    "have": frozenset(),
    "note": frozenset({"to", "that", "about", ":"}),
    "closing": frozenset(
        ["on", "in", "by", "at", "before", "until", "next", "this", "every", "with"]
    ),
}

_SELF = Opening(self_named=True)
_NOBODY = Opening()

RULES.words(
    "courtesy",
    dict.fromkeys(
        (
            *("please", "pls", "plz", "kindly", "hey", "hi", "hello", "ok", "okay", "so", "and"),
            *("can you", "could you", "would you", "will you", "can we", "just", "then", "also"),
            *("i need you to", "i want you to", "i'd like you to", "thanks", "thank you"),
            *("can you please", "could you please", "let's", "we need you to"),
        ),
        True,
    ),
)
RULES.words(
    "opening",
    dict.fromkeys(
        (
            *("remind me", "remind us", "remind myself", "alert me", "notify me", "ping me"),
            *("i need to", "i have to", "i must", "i should", "i want to", "i've got to"),
            *("i'd like to", "i ought to", "i will", "i'll", "we need to", "we have to"),
            *("we must", "we should", "send me a reminder", "give me a reminder"),
        ),
        _SELF,
    )
    | dict.fromkeys(
        (
            "don't forget to",
            "i don't want to forget to",
            "do not forget to",
            "dont forget to",
            "remember to",
            "make sure to",
        ),
        _NOBODY,
    )
    | dict.fromkeys(("todo", "to-do", "task", "reminder", "need to", "have to"), _NOBODY),
)
RULES.words("note", dict.fromkeys(("reminder", "reminders", "task", "todo", "to-do"), True))
RULES.words("note_kind", dict.fromkeys(("event", "recurring", "repeating", "group", "new"), True))
RULES.words("determiner", dict.fromkeys(("a", "an", "another", "the", "new", "my"), True))
RULES.words("for_me", dict.fromkeys(("for me", "for myself", "for us"), True))


@RULES.rule(
    "note_opening",
    "set|create|add|make|schedule|put|new|write|send up|in? <determiner>? <note_kind>? <note>",
    "i|we need|want|would a|an <note>",
)
def _note(*_: bool) -> Opening:
    return _NOBODY


RULES.rule("opening", "<note_opening>")(lambda opening: opening)
RULES.rule("opening", "<note_opening> <for_me>")(lambda _, __: _SELF)

RULES.words("call", dict.fromkeys(("remind", "nudge", "notify", "send a reminder to"), "remind"))
RULES.words("call", dict.fromkeys(("assign to", "assign it to", "assign this to"), "assign"))
RULES.words("call", {"delegate to": "assign", "assigned to": "assign", "for": "for"})
RULES.words("call", dict.fromkeys(("tell", "ask", "ping", "inform"), "ask"))
RULES.words("call", {"get": "get", "have": "have", "let": "have"})
RULES.rule("call", "<note_opening> for")(lambda _: "note")

RULES.words(
    "duty",
    dict.fromkeys(
        (
            *("should", "must", "needs to", "need to", "has to", "have to", "is to", "ought to"),
            *("will", "shall", "can you", "please", ", please", ", can you", ":"),
            *(", could you", "could you", "is going to", ", you need to", "got to"),
        ),
        True,
    ),
)
RULES.words("hand_over", dict.fromkeys(("assign", "delegate", "give"), True))
RULES.words(
    "leftover",
    dict.fromkeys(
        (
            *("to", "that", "about", "of", "for", ":", "-", ",", ";", ".", "and", "please", "then"),
            *("i need to", "i have to", "i must", "we need to", "i should", "also", "regarding"),
            *("remember to", "not forget to", "remind me"),
            *("they need to", "he needs to", "she needs to", "they should"),
            *("he has to", "she has to", "they have to"),
        ),
        True,
    ),
)
RULES.words(
    "small_talk",
    dict.fromkeys(
        (
            *("hi", "hello", "hey", "thanks", "thank you", "ok", "okay", "yes", "no", "sure"),
            *("good morning", "good afternoon", "good evening", "good night", "bye", "goodbye"),
            *("cheers", "great", "how are you", "nice day", "there", "test", "you", "all"),
        ),
        True,
    ),
)
RULES.words(
    "question",
    dict.fromkeys(
        (
            *("what", "what's", "where", "who", "who's", "whose", "why", "how", "which"),
            *("show me", "list my", "list all", "tell me"),
        ),
        True,
    ),
)
