"""The words of a text, and those that a query asks for; libs/common/sounds.py makes what finds them."""

import re
import unicodedata
from collections.abc import Iterator

_RUNS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff]+|[^\W_]+")
_FIRST_CJK = "\u3040"
# As much of a word as is searched for, in characters.
LONGEST = 12


def asked(query: str) -> list[str]:
    """Return the tokens that a record must have to be found; none for a query without a word."""
    found: set[str] = set()
    for run in runs(query):
        if not is_cjk(run):
            found.add(run[:LONGEST])
        elif len(run) == 1:
            found.add(run)
        else:
            found.update(grams(run, 2))
    return sorted(found)


def folded(text: str) -> str:
    """Return a text as it is compared: one width, one case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def runs(text: str) -> Iterator[str]:
    """Yield words of letters and digits, and runs of Chinese or Japanese characters."""
    for match in _RUNS.finditer(folded(text)):
        run = match.group()
        # A word may go on in Chinese without a space, as in GTX显卡.
        at = next((n for n, letter in enumerate(run) if is_cjk(letter) != is_cjk(run)), len(run))
        yield run[:at]
        if at < len(run):
            yield from runs(run[at:])


def grams(run: str, length: int) -> Iterator[str]:
    """Yield every so many characters of a run that follow each other."""
    for at in range(len(run) - length + 1):
        yield run[at : at + length]


def is_cjk(run: str) -> bool:
    """Tell whether a run is Chinese or Japanese, by its first character."""
    return run[:1] >= _FIRST_CJK and not ("\uac00" <= run[:1] <= "\ud7ff" or run[:1] >= "\ufb00")
