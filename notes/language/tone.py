"""The tone of a note: VADER's compound score, averaged over its sentences."""

from functools import cache
from statistics import fmean

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from notes.language.speech import as_written
from notes.language.transcript import sentences_in

# The bounds that VADER's authors give for one text.
POSITIVE, NEGATIVE = 0.05, -0.05


def tone_of(body: str) -> str:
    """Return `positive`, `neutral` or `negative`."""
    texts = [as_written(sentence.text) for sentence in sentences_in(body)]
    scores = [float(_analyzer().polarity_scores(text)["compound"]) for text in texts if text]
    mean = fmean(scores) if scores else 0.0
    if mean >= POSITIVE:
        return "positive"
    return "negative" if mean <= NEGATIVE else "neutral"


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()
