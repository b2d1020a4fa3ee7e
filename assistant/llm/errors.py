"""Why the language model was of no use; the rules' own draft stands then."""


class NoUseError(Exception):
    """The model cannot help with this sentence; `reason` is a code without a word of the text.

    `sentence` is what people are told of it: they can do something about a plan that is used up.
    """

    def __init__(self, reason: str, *, sentence: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.sentence = sentence


class NotAskedError(NoUseError):
    """It was not even asked: the budget, the plan or the breaker forbade it."""


class EndpointDownError(NoUseError):
    """The endpoint itself is at fault; it wants to be left alone for `wait` seconds if it says."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class RefusedAnswerError(NoUseError):
    """The model answered, and what it said does not follow from the sentence."""
