"""The rule of a dynamic segment: a tree of and, or and not over facts about a contact, read and checked.

A leaf is `{"field": "account.industry", "op": "eq", "value": "software"}`; some fields take options beside
it. Names, addresses and numbers of persons are no fields: a rule over them would be personal data of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field as Bound
from pydantic import StringConstraints, TypeAdapter, ValidationError

from libs.common.problems import FieldError, Malformed
from libs.common.restrictions import FREE, Restrictions
from libs.common.schemas import Amount, Count, Currency, Instant, Text

DEEPEST, MOST_NODES, MOST_VALUES = 8, 64, 100
LONGEST_SPAN = 3_650
STATUSES = ("given", "withdrawn", "none")
GROUPS = ("and", "or")

type Reader = TypeAdapter[Any]

_WORD = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
_DAYS: Reader = TypeAdapter(Annotated[int, Bound(strict=True, ge=1, le=LONGEST_SPAN)])
_FLAG: Reader = TypeAdapter(Annotated[bool, Bound(strict=True)])
_STATUS: Reader = TypeAdapter(Annotated[str, StringConstraints(pattern=f"^({'|'.join(STATUSES)})$")])
_TEXT: Reader = TypeAdapter(Text)
_NUMBER: Reader = TypeAdapter(Count)
_MONEY: Reader = TypeAdapter(Amount)
_INSTANT: Reader = TypeAdapter(Instant)
_ID: Reader = TypeAdapter(UUID)
_CODE: Reader = TypeAdapter(_WORD)
_CURRENCY: Reader = TypeAdapter(Currency)


def _many(one: Any) -> Reader:
    return TypeAdapter(Annotated[list[one], Bound(min_length=1, max_length=MOST_VALUES)])


def _compared(one: Reader, *operators: str) -> dict[str, Reader]:
    return dict.fromkeys(operators, one)


_ORDER = ("gt", "gte", "lt", "lte")
_PRESENCE = {"is_set": _FLAG}
_SPANS = {"within_days": _DAYS, "not_within_days": _DAYS}
_AMONG_TEXTS = _compared(_many(Text), "in", "not_in")
_TEXTS = _compared(_TEXT, "eq", "ne", "contains", "prefix") | _AMONG_TEXTS | _PRESENCE
_IDS = _compared(_ID, "eq", "ne") | _compared(_many(UUID), "in", "not_in") | _PRESENCE
_NUMBERS = _compared(_NUMBER, "eq", "ne", *_ORDER) | _PRESENCE
_INSTANTS = _compared(_INSTANT, *_ORDER) | _SPANS | _PRESENCE


@dataclass(frozen=True, slots=True)
class Field:
    """What a leaf may say about one field: operators with how their values read, and options.

    `needs` names the options that must be given. `source` is the record whose change may change the answer.
    """

    source: str
    operators: Mapping[str, Reader]
    options: Mapping[str, Reader]
    needs: tuple[str, ...] = ()


def _of(
    source: str, operators: Mapping[str, Reader], needs: tuple[str, ...] = (), **options: Reader
) -> Field:
    return Field(source, operators, options, needs)


FIELDS: dict[str, Field] = {
    "contact.language": _of("contact", _TEXTS),
    "contact.title": _of("contact", _TEXTS),
    "contact.email": _of("contact", _PRESENCE),
    "contact.email_domain": _of("contact", _compared(_TEXT, "eq", "ne") | _AMONG_TEXTS),
    "contact.phone": _of("contact", _PRESENCE),
    "contact.owner_id": _of("contact", _IDS),
    "contact.account_id": _of("contact", _IDS),
    "contact.created_at": _of("contact", _INSTANTS),
    "account.name": _of("account", _TEXTS),
    "account.industry": _of("account", _TEXTS),
    "account.country": _of("account", _TEXTS),
    "account.size": _of("account", _TEXTS),
    "account.level": _of("account", _TEXTS),
    "account.source": _of("account", _TEXTS),
    "account.owner_id": _of("account", _IDS),
    "account.employees": _of("account", _NUMBERS),
    "account.founded_year": _of("account", _NUMBERS),
    "account.annual_revenue_minor": _of(
        "account", _compared(_MONEY, "eq", *_ORDER), ("currency",), currency=_CURRENCY
    ),
    "account.created_at": _of("account", _INSTANTS),
    "activity.last_done_at": _of("activity", _SPANS | _PRESENCE, kind=_CODE),
    "activity.count": _of("activity", _compared(_NUMBER, "eq", "ne", *_ORDER), kind=_CODE, days=_DAYS),
    "activity.planned": _of("activity", _PRESENCE, kind=_CODE),
    "consent.status": _of(
        "consent", _compared(_STATUS, "eq", "ne"), ("purpose", "channel"), purpose=_CODE, channel=_CODE
    ),
}

# What a condition asks about that is not called as the one field it looks at.
_ASKS: dict[str, tuple[str, ...]] = {
    "contact.email_domain": ("email",),
    "account.annual_revenue_minor": ("annual_revenue_minor", "currency"),
    "activity.last_done_at": ("done_at", "kind"),
    "activity.count": ("done_at", "kind"),
    "activity.planned": ("due_at", "done_at", "kind"),
    "consent.status": ("status", "purpose", "channel"),
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition; `pointer` is where it stands in the tree (RFC 6901)."""

    pointer: str
    field: str
    op: str
    value: Any
    options: Mapping[str, Any]

    @property
    def source(self) -> str:
        """Return the record whose change may change the answer."""
        return FIELDS[self.field].source

    @property
    def is_timed(self) -> bool:
        """Tell whether the answer may change by itself, as time goes by."""
        return self.op in _SPANS or self.field in {"activity.last_done_at", "activity.count"}


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by and, or or not (one child)."""

    pointer: str
    op: str
    children: "tuple[Node, ...]"


type Node = Leaf | Group


def read_rule(tree: Any, at: str = "/filter") -> Node:
    """Return the checked tree; raises Malformed with a pointer below `at` for whatever is wrong with it."""
    budget = iter(range(MOST_NODES))
    return _read(tree, at, DEEPEST, budget)


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield the conditions of a rule, in order."""
    if isinstance(node, Leaf):
        yield node
    else:
        for child in node.children:
            yield from leaves(child)


def demand_readable(node: Node, restricted: Restrictions) -> None:
    """Raise Forbidden `field-unreadable` for a rule that asks about a field which its reader may not see."""
    for leaf in leaves(node):
        kind, _, field = leaf.field.partition(".")
        asked = _ASKS.get(leaf.field, (field,))
        restricted.get(kind, FREE).demand_asked(kind, asked, pointer=f"{leaf.pointer}/field")


def sources(node: Node) -> frozenset[str]:
    """Return the kinds of record that a rule looks at; a contact's own changes always count."""
    return frozenset(leaf.source for leaf in leaves(node)) | {"contact"}


def _read(tree: Any, pointer: str, depth: int, budget: Iterator[int]) -> Node:
    if not isinstance(tree, dict):
        raise _wrong("wrong-type", pointer)
    if depth == 0 or next(budget, None) is None:
        raise _wrong("too-long", pointer)
    if "field" in tree:
        return _leaf(tree, pointer)
    return _group(tree, pointer, lambda child, at: _read(child, at, depth - 1, budget))


def _group(tree: dict[str, Any], pointer: str, below: Callable[[Any, str], Node]) -> Group:
    if len(tree) != 1:
        raise _wrong("missing" if not tree else "not-valid", f"{pointer}/field" if not tree else pointer)
    (op,) = tree
    if op == "not":
        return Group(pointer, op, (below(tree[op], f"{pointer}/not"),))
    if op not in GROUPS:
        raise _wrong("unknown-field", _below(pointer, op))
    children = tree[op]
    if not isinstance(children, list):
        raise _wrong("wrong-type", f"{pointer}/{op}")
    if not children:
        raise _wrong("too-short", f"{pointer}/{op}")
    return Group(pointer, op, tuple(below(each, f"{pointer}/{op}/{n}") for n, each in enumerate(children)))


def _leaf(tree: dict[str, Any], pointer: str) -> Leaf:
    name = tree["field"]
    known = FIELDS.get(name) if isinstance(name, str) else None
    if known is None:
        raise _wrong("not-listed", f"{pointer}/field")
    for key in ("op", "value", *known.needs):
        if key not in tree:
            raise _wrong("missing", f"{pointer}/{key}")
    for key in tree:
        if key not in {"field", "op", "value", *known.options}:
            raise _wrong("unknown-field", _below(pointer, key))
    op = tree["op"]
    if not isinstance(op, str) or op not in known.operators:
        raise _wrong("bad-operator", f"{pointer}/op")
    value = _value(known.operators[op], tree["value"], f"{pointer}/value")
    options = {
        key: _value(reader, tree[key], f"{pointer}/{key}")
        for key, reader in known.options.items()
        if key in tree
    }
    return Leaf(pointer, name, op, value, options)


def _value(reader: Reader, given: Any, pointer: str) -> Any:
    try:
        return reader.validate_python(given)
    except ValidationError:
        raise _wrong("not-valid", pointer) from None


def _below(pointer: str, key: object) -> str:
    return pointer + "/" + str(key).replace("~", "~0").replace("/", "~1")


def _wrong(code: str, pointer: str) -> Malformed:
    return Malformed(errors=[FieldError(code, pointer=pointer)])
