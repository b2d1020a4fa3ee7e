"""How requests open: <opening> asks the speaker, <call> is followed by the name of somebody.

"please" and "can you" before them are <courtesy>; a link leads from the person to the thing.
"""

from assistant.local.makers import Makers
from assistant.local.values import Opening

MAKERS = Makers()

_SELF = Opening(self_named=True)
_NOBODY = Opening()

MAKERS.words("opening", {"self": _SELF, "nobody": _NOBODY})


@MAKERS.phrase
def _note(*_: object) -> Opening:
    return _NOBODY


@MAKERS.phrase
def _opening(*_: object) -> Opening:
    return _NOBODY


@MAKERS.phrase
def _self_opening(*_: object) -> Opening:
    return _SELF


@MAKERS.phrase
def _compound(*words: object) -> bool:
    """Read several words as one name: "sales kickoff meeting"."""
    return True
