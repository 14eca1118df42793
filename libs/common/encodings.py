"""Which encoding and which delimiter a text file was written with: both are guessed, for nothing says so.

A file of a few rows must come out right, so the guess goes by what the characters are and not by
statistics: decoded wrongly, Chinese becomes characters that hardly anybody writes.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

DELIMITERS = ",;\t|"
_BLOCK = 1024 * 1024
_SAMPLE = 64 * 1024
_LOOKED_AT = 60
_PLAUSIBLE = 0.6
_FEW_NULS = 0.2
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE = ("gb18030", "big5hkscs")
_WESTERN = ("cp1252", "latin-1")


def _everyday() -> frozenset[str]:
    """Return the characters that Chinese is mostly written with: the first levels of GB 2312 and of Big5."""
    simplified = (bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    traditional = (bytes((lead, trail)) for lead in range(0xA4, 0xC7) for trail in trails)
    found = {pair.decode("gb2312", "ignore") for pair in simplified}
    found |= {pair.decode("big5", "ignore") for pair in traditional}
    return frozenset(found | {chr(each) for each in (*range(0x3000, 0x3020), *range(0xFF00, 0xFF60))})


_EVERYDAY = _everyday()


def encoding_of(file: BinaryIO) -> str:
    """Return the codec by which the whole file can be read; its position is not kept.

    In this order: a byte order mark, UTF-16 without one (every other byte is NUL), UTF-8, GB 18030 (which
    holds GBK and GB 2312), Big5, Windows-1252, and Latin-1, which reads anything.
    """
    head = _head(file, _SAMPLE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    candidates = [*_wide(head), "utf-8", *_chinese(_unusual(file)), *_WESTERN]
    return next(name for name in candidates if _reads(file, name))


def delimiter_of(head: str) -> str:
    """Return the delimiter that cuts the lines of a text into the most columns, all lines alike."""
    named = head.removeprefix("\ufeff")
    if named[:4].lower() == "sep=" and named[4:5] in DELIMITERS:
        return named[4]
    return max(DELIMITERS, key=lambda delimiter: _evenness(head, delimiter))


def _head(file: BinaryIO, size: int) -> bytes:
    file.seek(0)
    return file.read(size)


def _wide(head: bytes) -> list[str]:
    """Guess at UTF-16 without a mark: in what is mostly ASCII, one half of each pair is NUL."""
    half = max(len(head) // 2, 1)
    for name, nuls in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[0::2].count(0))):
        if nuls / half > _FEW_NULS:
            return [name]
    return []


def _unusual(file: BinaryIO) -> bytes:
    """Return the lines that are not plain ASCII, up to a sample's size."""
    file.seek(0)
    found, size = [], 0
    for line in file:
        if not line.isascii():
            found.append(line[:_SAMPLE])
            size += len(found[-1])
            if size > _SAMPLE:
                break
    return b"".join(found)


def _chinese(sample: bytes) -> list[str]:
    """Return the Chinese encodings that make the sample plausible, the better one first."""
    scores = {name: _plausibility(sample, name) for name in _CHINESE}
    return sorted((name for name in _CHINESE if scores[name] > _PLAUSIBLE), key=lambda name: -scores[name])


def _plausibility(sample: bytes, name: str) -> float:
    """Return the share of everyday characters in what is not ASCII; nothing when it cannot be read."""
    try:
        # The last line may have been cut within a character.
        shown = [each for each in codecs.getincrementaldecoder(name)().decode(sample) if not each.isascii()]
    except UnicodeDecodeError:
        return 0.0
    return sum(each in _EVERYDAY for each in shown) / len(shown) if shown else 0.0


def _reads(file: BinaryIO, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for block in _blocks(file):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _evenness(head: str, delimiter: str) -> float:
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        widths = Counter(len(row) for row, _ in zip(rows, range(_LOOKED_AT), strict=False) if row)
    except csv.Error:
        return 0.0
    width, lines = widths.most_common(1)[0] if widths else (1, 0)
    return (width - 1) * (lines / max(widths.total(), 1)) ** 2
