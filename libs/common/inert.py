"""Texts that no spreadsheet takes for a formula or a link (OWASP, CSV injection)."""

import re

_LONGEST_CELL = 32_767
# A signed number is harmless, and telephone numbers begin with a plus.
_DANGEROUS = re.compile(r"^[=@\t\r\n|%]|^[+-](?![\d\s().-]*$)")
_QUOTED = re.compile(r"^'(?=[=@\t\r\n|%+-])")
# XML has no place for these.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that might be is quoted (OWASP)."""
    shown = _UNWRITABLE.sub("", text)[: _LONGEST_CELL - 1]
    return f"'{shown}" if _DANGEROUS.match(shown) else shown


def unquoted(text: str) -> str:
    """Return what `inert` was given: a table that was downloaded, corrected and sent again is as it was."""
    return _QUOTED.sub("", text)
