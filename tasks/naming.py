"""Names that stand after an @ in what somebody wrote: found by the words alone."""

import re
from collections.abc import Collection, Iterator

# After a letter it is an address; after another @, a sentence about such signs.
_BEGIN = r"(?<![\w@.])@"
# A longer name, or an address, goes on.
_END = r"(?![\w@]|[.+-]\w)"
_WORD = re.compile(rf"{_BEGIN}(\w+)")
# Whoever names more people than this names a team.
MOST = 50


def key_of(name: str) -> str:
    """Return what a name is known by, however it is written."""
    return " ".join(name.split()).casefold()


def first_words(text: str) -> list[str]:
    """Return the first word of each name that may stand in the text, once each."""
    return list(dict.fromkeys(_WORD.findall(text)))[:MOST]


def names_in(text: str, known: Collection[str]) -> dict[str, str]:
    """Return the known names that the text says, by their keys, as they stand there.

    Of several that fit in one place it is the longest.
    """
    return {key_of(piece): piece for piece, is_name in pieces_of(text, known) if is_name}


def pieces_of(text: str, names: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Cut a text into what stands between the names, and the names, without their @."""
    wanted = sorted((name for name in names if name.strip()), key=len, reverse=True)
    if not wanted:
        yield text, False
        return
    ways = "|".join(r"\s+".join(map(re.escape, name.split())) for name in wanted)
    pattern = re.compile(f"{_BEGIN}({ways}){_END}", re.IGNORECASE)
    for number, piece in enumerate(pattern.split(text)):
        yield piece, number % 2 == 1
