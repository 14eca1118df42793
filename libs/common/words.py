"""The words that a text is found by, and those that a query asks for.

A word is found by its beginning, Chinese by every one and two characters and by the initials and the sound of
them in pinyin; so each token of a query stands in an array as it is, and a GIN index finds it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_RUNS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff]+|[^\W_]+")
_FIRST_CJK = "\u3040"
_SHORTEST, _LONGEST = 2, 12
_LONGEST_INITIALS = 8
_MOST_GRAM = 4
_MOST = 400


def words(texts: Iterable[str | None]) -> list[str]:
    """Return the tokens by which these texts are found, sorted, at most 400."""
    found = {token for text in texts if text for run in _runs(text) for token in _tokens(run)}
    return sorted(found)[:_MOST] if len(found) > _MOST else sorted(found)


def asked(query: str) -> list[str]:
    """Return the tokens that a record must have to be found; none for a query without a word."""
    found: set[str] = set()
    for run in _runs(query):
        if not _is_cjk(run):
            found.add(run[:_LONGEST])
        elif len(run) == 1:
            found.add(run)
        else:
            found.update(_grams(run, 2))
    return sorted(found)


def folded(text: str) -> str:
    """Return a text as it is compared: one width, one case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _runs(text: str) -> Iterator[str]:
    """Yield words of letters and digits, and runs of Chinese or Japanese characters."""
    for match in _RUNS.finditer(folded(text)):
        run = match.group()
        # A word may go on in Chinese without a space, as in GTX显卡.
        at = next((n for n, letter in enumerate(run) if _is_cjk(letter) != _is_cjk(run)), len(run))
        yield run[:at]
        if at < len(run):
            yield from _runs(run[at:])


def _tokens(run: str) -> Iterator[str]:
    if not _is_cjk(run):
        yield from _beginnings(run, _LONGEST)
        return
    # The table of sounds takes a second and 30 MB, and who only asks needs none.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    yield from run
    yield from _grams(run, 2)
    sounds = lazy_pinyin(run, errors="ignore")
    initials = "".join(sound[0] for sound in sounds)
    yield from _beginnings("".join(sounds), _LONGEST)
    yield from _beginnings(initials, _LONGEST_INITIALS)
    for length in range(_SHORTEST, _MOST_GRAM + 1):
        yield from _grams(initials, length)


def _beginnings(word: str, longest: int) -> Iterator[str]:
    """Yield what is typed on the way to a word; a single letter only for a word of one."""
    for length in range(min(_SHORTEST, len(word)), min(longest, len(word)) + 1):
        yield word[:length]


def _grams(run: str, length: int) -> Iterator[str]:
    for at in range(len(run) - length + 1):
        yield run[at : at + length]


def _is_cjk(run: str) -> bool:
    return run[:1] >= _FIRST_CJK and not ("\uac00" <= run[:1] <= "\ud7ff" or run[:1] >= "\ufb00")
