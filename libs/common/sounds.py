"""The tokens that a text is found by; they need a table of sounds, which takes a second and 30 MB to load.

A word is found by its beginning, Chinese by every one and two characters and by the initials and the sound of
them in pinyin; so each token of a query stands in an array as it is, and a GIN index finds it.
"""

from collections.abc import Iterable, Iterator

from pypinyin import lazy_pinyin

from libs.common.words import LONGEST, grams, is_cjk, runs

_SHORTEST, _LONGEST_INITIALS = 2, 8
_MOST_GRAM = 4
_MOST = 400


def words(texts: Iterable[str | None]) -> list[str]:
    """Return the tokens by which these texts are found, sorted, at most 400."""
    found = {token for text in texts if text for run in runs(text) for token in _tokens(run)}
    return sorted(found)[:_MOST] if len(found) > _MOST else sorted(found)


def _tokens(run: str) -> Iterator[str]:
    if not is_cjk(run):
        yield from _beginnings(run, LONGEST)
        return
    yield from run
    yield from grams(run, 2)
    sounds = lazy_pinyin(run, errors="ignore")
    initials = "".join(sound[0] for sound in sounds)
    yield from _beginnings("".join(sounds), LONGEST)
    yield from _beginnings(initials, _LONGEST_INITIALS)
    for length in range(_SHORTEST, _MOST_GRAM + 1):
        yield from grams(initials, length)


def _beginnings(word: str, longest: int) -> Iterator[str]:
    """Yield what is typed on the way to a word; a single letter only for a word of one."""
    for length in range(min(_SHORTEST, len(word)), min(longest, len(word)) + 1):
        yield word[:length]
