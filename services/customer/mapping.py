"""Which column of a table fills which field: what is guessed, what fits, and what it takes to begin."""

from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.problems import Conflict
from libs.platform.access.actor import Actor
from services.customer.headings import FIELDS, guess
from services.customer.intake import KEYS, REQUIRED

# Rows in one transaction; those of an import that has begun stay as they are.
CHUNK = 500
# Columns that fill other fields than they are called.
_FILLS: dict[str, tuple[str, ...]] = {
    "full_name": ("family_name", "given_name"),
    "account_name": ("account_id",),
    "annual_revenue": ("annual_revenue_minor",),
    "external_id": ("external_id", "external_system"),
}
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


def demand_permitted(
    object: str, mapping: Mapping[str, str], options: Mapping[str, Any], actor: Actor
) -> None:
    """Refuse fields that the importer may not write, and a key that he may not ask about."""
    filled = set(mapping.values())
    own = {part for field in filled for part in _FILLS.get(field, (field,))}
    actor.fields(object).demand_written(object, own)
    if "account_name" in filled:
        actor.fields("account").demand_written("account", ("name",))
        actor.fields("account").demand_asked("account", ("name",))
    if options["on_match"] != "create" and options["match_by"] is not None:
        actor.fields(object).demand_asked(object, (options["match_by"],))


def demand_complete(object: str, mapping: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """Refuse what could only fail: without a name nobody is made, without its column nobody is found."""
    filled = set(mapping.values())
    by = options["match_by"] if options["on_match"] != "create" else None
    if by is not None and KEYS[object][by] not in filled:
        raise Conflict("mapping-incomplete", detail=by)
    if by is None and not filled & set(REQUIRED[object]):
        raise Conflict("mapping-incomplete", detail=REQUIRED[object][0])
