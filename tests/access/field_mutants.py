"""Errors that somebody could make in the rules of fields, each of which the proof must notice."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from libs.common.restrictions import Restriction
from libs.platform.access import fields
from libs.platform.access.catalogue import FIELDS, Form
from libs.platform.access.fields import Level
from libs.platform.directory.entries import Role

type Patch = tuple[Any, str, Any]
_ALL = list(Level)
_RESTRICTION = vars(fields)["_restriction"]


@contextmanager
def planted(patches: Iterable[Patch]) -> Iterator[None]:
    """Make the error, and undo it."""
    with ExitStack() as stack:
        for each in patches:
            # `create`, for a builtin that the module uses.
            stack.enter_context(patch.object(*each, create=True))
        yield


def _level(default: Level, unknown: int) -> Any:
    def level(name: str | None) -> int:
        if name is None:
            return _ALL.index(default)
        return _ALL.index(Level(name)) if name in Level else unknown

    return level


def _any_scope(role: Role) -> frozenset[str]:
    return frozenset(name.partition(":")[0] for name in role.permissions)


def _everything(_: Role) -> frozenset[str]:
    return frozenset(FIELDS) | {"ticket"}


def _only_its_own(kind: str) -> frozenset[str]:
    return frozenset({kind})


def _asked_when_masked(kind: str, of: Mapping[str, Level]) -> Restriction:
    right: Restriction = _RESTRICTION(kind, of)
    return Restriction(right.hidden, right.masked, right.unwritable, right.hidden)


def _written_when_masked(kind: str, of: Mapping[str, Level]) -> Restriction:
    right: Restriction = _RESTRICTION(kind, of)
    return Restriction(right.hidden, right.masked, right.unwritable - right.masked, right.unasked)


def _written_when_read(kind: str, of: Mapping[str, Level]) -> Restriction:
    right: Restriction = _RESTRICTION(kind, of)
    return Restriction(right.hidden, right.masked, right.unreadable, right.unasked)


def _shown_when_hidden(kind: str, of: Mapping[str, Level]) -> Restriction:
    right: Restriction = _RESTRICTION(kind, of)
    return Restriction(frozenset(), right.masked | right.hidden, right.unwritable, right.unasked)


_FORMS = {kind: dict.fromkeys(names, Form.TEXT) for kind, names in FIELDS.items()}

MUTANTS: dict[str, list[Patch]] = {
    "what a role does not mention is hidden": [(fields, "_level", _level(Level.HIDDEN, 0))],
    "what a role does not mention is read": [(fields, "_level", _level(Level.READ, 0))],
    "a level of a newer release is write": [(fields, "_level", _level(Level.WRITE, 3))],
    "a role without a known scope speaks": [(fields, "_opened", _any_scope)],
    "every role speaks of everything": [(fields, "_opened", _everything)],
    "a child is opened by its own name alone": [(fields, "resources_of", _only_its_own)],
    "a masked field may be asked about": [(fields, "_restriction", _asked_when_masked)],
    "a masked field may be written": [(fields, "_restriction", _written_when_masked)],
    "a field to be read may be written": [(fields, "_restriction", _written_when_read)],
    "a hidden field is masked": [(fields, "_restriction", _shown_when_hidden)],
    "what is sensitive is masked twice": [(fields, "FIELDS", _FORMS)],
    "the permission to everything restricts": [(fields, "EVERY_PERMISSION", "nothing:ever")],
    "the least of the roles counts": [(fields, "max", min)],
}
