"""What somebody may not see or change of a kind of record, and a record as he may see it.

A kind is named as its topic ends; its fields are those of its public shape. Nothing here knows why somebody
is restricted: whoever lets him in says so.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from libs.common.crypto import ERASED, PENDING, mask
from libs.common.problem_texts import register
from libs.common.problems import FieldError, Forbidden

NONE: frozenset[str] = frozenset()
_FROM_AND_TO = ("from_", "to_", "")
_NUMBER = re.compile(r"[+0-9][0-9 ()./-]{5,}")

register(
    {
        "field-unreadable": ("Your roles do not let you read this field", "您的角色无权查看该字段"),
        "field-unwritable": ("Your roles do not let you change this field", "您的角色无权修改该字段"),
    }
)


@dataclass(frozen=True, slots=True)
class Restriction:
    """Fields of one kind: left out, shown by their mask, not to be changed, not to be asked about.

    What is `unasked` stands in no filter, sort or group: the answer would tell the value. What is masked for
    everybody may be asked for by its whole value, as everybody may.
    """

    hidden: frozenset[str] = NONE
    masked: frozenset[str] = NONE
    unwritable: frozenset[str] = NONE
    unasked: frozenset[str] = NONE

    @property
    def unreadable(self) -> frozenset[str]:
        """Return the fields whose value is not shown as it is."""
        return self.hidden | self.masked

    def demand_asked(self, kind: str, fields: Iterable[str], **place: str) -> None:
        """Raise Forbidden `field-unreadable`, which names the first of these that may not be asked about."""
        _refuse("field-unreadable", kind, self.unasked.intersection(fields), place)

    def demand_shown(self, kind: str, fields: Iterable[str], **place: str) -> None:
        """Raise Forbidden `field-unreadable`, which names the first of these that is left out."""
        _refuse("field-unreadable", kind, self.hidden.intersection(fields), place)

    def demand_written(self, kind: str, fields: Iterable[str], **place: str) -> None:
        """Raise Forbidden `field-unwritable`, which names the first of these that may not be changed."""
        _refuse("field-unwritable", kind, self.unwritable.intersection(fields), place)

    def cut(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record without what is hidden, and with the masks of what is masked."""
        return {
            name: masked(value) if name in self.masked else value
            for name, value in record.items()
            if name not in self.hidden
        }


type Restrictions = Mapping[str, Restriction]

FREE = Restriction()
UNRESTRICTED: Restrictions = {}


def masked(value: Any) -> Any:
    """Return the mask of a text: 138****0000, l***@example.com, L***; no other value has one.

    A text that says why there is none stays; a list, as of before and after, is masked one by one.
    """
    if isinstance(value, list):
        return [masked(each) for each in value]
    if not isinstance(value, str) or value in (ERASED, PENDING):
        return value if isinstance(value, str) else None
    name, at, domain = value.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return mask(value) if _NUMBER.fullmatch(value) else f"{value[:1]}***"


def cut_event(
    body: dict[str, Any], kind: str, told: Mapping[str, tuple[str, str]], restricted: Restrictions
) -> dict[str, Any]:
    """Return an event's body as a restricted reader may see it.

    `state` is cut as the record is. A fact is cut with the field that it is named after (`from_owner_id`
    after `owner_id`), or with the (kind, field) that `told` names for it, where `*` is any field of a kind;
    `changed` names no field that he may not see.
    """
    if not restricted:
        return body
    own = restricted.get(kind, FREE)
    shown: dict[str, Any] = {}
    for name, value in body.items():
        if name == "state" and isinstance(value, dict):
            shown[name] = own.cut(value)
        elif name == "changed" and isinstance(value, list):
            shown[name] = [each for each in value if each not in own.hidden]
        elif name in told:
            _tell(shown, name, value, restricted.get(told[name][0], FREE), told[name][1])
        else:
            _tell(shown, name, value, own, _field_of(name, own))
    return shown


def _field_of(fact: str, own: Restriction) -> str:
    bare = (fact.removeprefix(each) for each in _FROM_AND_TO if fact.startswith(each))
    return next((each for each in bare if each in own.unreadable), fact)


def _tell(shown: dict[str, Any], name: str, value: Any, of: Restriction, told: str) -> None:
    if told == "*":
        if not of.unreadable:
            shown[name] = value
    elif told not in of.hidden:
        shown[name] = masked(value) if told in of.masked else value


def _refuse(slug: str, kind: str, found: Iterable[str], place: Mapping[str, str]) -> None:
    names = sorted(found)
    if names:
        errors = [FieldError(slug, **place)] if place else []
        raise Forbidden(slug, detail=f"{kind}.{names[0]}", errors=errors)
