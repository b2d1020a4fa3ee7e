"""What a text costs as SMS: in how many segments it goes out (3GPP TS 23.038)."""

from typing import NamedTuple

# The alphabet of GSM 7 bit, without what has to be escaped.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These take two places.
EXTENDED = frozenset("^{}\\[~]|€\f")
# Letters that look the same in GSM and would turn the whole text into UCS-2 otherwise.
PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2009\u202f\u2002\u2003", " "),
        "…": "...",
        "•": "-",
        "\u200b": "",
        "→": "->",
    }
)


class Cost(NamedTuple):
    """How a text goes out: its alphabet, its length there, and its segments."""

    alphabet: str
    length: int
    segments: int


def plain(text: str) -> str:
    """Return the text with marks that GSM knows in place of others, if it all fits GSM then."""
    simple = text.translate(PLAIN)
    return simple if _is_gsm(simple) else text


def cost_of(text: str) -> Cost:
    """Return what the text costs as it stands; an empty one is one segment."""
    if _is_gsm(text):
        widths = [2 if letter in EXTENDED else 1 for letter in text]
        return Cost("GSM-7", sum(widths), _segments(widths, single=160, part=153))
    widths = [len(letter.encode("utf-16-le")) // 2 for letter in text]
    return Cost("UCS-2", sum(widths), _segments(widths, single=70, part=67))


def _is_gsm(text: str) -> bool:
    return all(letter in BASIC or letter in EXTENDED for letter in text)


def _segments(widths: list[int], *, single: int, part: int) -> int:
    """Count the parts; a letter that takes two places is not torn apart."""
    if sum(widths) <= single:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
