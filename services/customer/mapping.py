"""Which column of a table fills which field: what is guessed, what fits, and what it takes to begin."""

from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.problems import Conflict
from services.customer.headings import FIELDS, guess
from services.customer.intake import KEYS, REQUIRED

# Rows in one transaction; those of an import that has begun stay as they are.
CHUNK = 500
_KEY_ORDER = ("external_id", "email", "name")


def guessed(object: str, header: Sequence[str]) -> dict[str, str]:
    """Return the mapping that a header suggests, as the API shows it."""
    return {str(column): field for column, field in guess(object, header).items()}


def defaults(object: str, mapping: Mapping[str, str]) -> dict[str, Any]:
    """Return the options of an import about which nothing was said."""
    filled = set(mapping.values())
    by = next((each for each in _KEY_ORDER if KEYS[object].get(each) in filled), None)
    return {
        "sheet": 0,
        "match_by": by,
        "on_match": "update" if by else "create",
        "external_system": "import",
        "missing_account": "create",
        "default_owner_id": None,
        "chunk": CHUNK,
    }


def demand_fit(
    object: str, mapping: Mapping[str, str], options: Mapping[str, Any], header: Sequence[str]
) -> None:
    """Refuse columns that the table has not, and fields or keys that are another object's."""
    columns_fit = all(int(column) < len(header) for column in mapping)
    fields_fit = set(mapping.values()) <= FIELDS[object].keys()
    by = options["match_by"]
    if not columns_fit or not fields_fit or (by is not None and by not in KEYS[object]):
        raise Conflict("mapping-unfit")


def demand_complete(object: str, mapping: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """Refuse what could only fail: without a name nobody is made, without its column nobody is found."""
    filled = set(mapping.values())
    by = options["match_by"] if options["on_match"] != "create" else None
    if by is not None and KEYS[object][by] not in filled:
        raise Conflict("mapping-incomplete", detail=by)
    if by is None and not filled & set(REQUIRED[object]):
        raise Conflict("mapping-incomplete", detail=REQUIRED[object][0])
