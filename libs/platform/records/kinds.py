"""What the contracts say of each aggregate: by which permission it is read, and with which parent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from libs.common.events import Event, State, aggregate_of
from libs.common.plan import is_compacted


@dataclass(frozen=True, slots=True)
class Kind:
    """One aggregate: who may read its `parent` may read it; without owners it is open to every reader."""

    type: str
    permission: str
    parent: str | None
    is_owned: bool


def kinds() -> Mapping[str, Kind]:
    """Return every aggregate that a contract declares, by its name in the topic."""
    return _kinds(len(Event.registry))


def states() -> Mapping[str, type[State]]:
    """Return the public shape of every aggregate, by its name in the topic."""
    return {aggregate_of(event.topic): state for event, state in _states()}


def topics() -> tuple[str, ...]:
    """Return the topics of all of them; keys of subjects are no records."""
    return tuple(sorted({event.topic for event, _ in _states()}))


def state_of(event: type[Event]) -> type[State] | None:
    """Return the class of an event's `state`."""
    field = event.model_fields.get("state")
    annotation = field.annotation if field else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, State) else None


@cache
def _kinds(_declared: int) -> Mapping[str, Kind]:
    """Read the contracts; the number of events makes the answer that of the contracts imported by now."""
    found = {}
    for event, state in _states():
        name = aggregate_of(event.topic)
        parent = state.read_with[0] if state.read_with else None
        found[name] = Kind(name, f"{name}:read", parent, is_owned="owner_id" in state.model_fields)
    return found


def _states() -> Iterator[tuple[type[Event], type[State]]]:
    for event in Event.registry.values():
        state = None if is_compacted(event.topic) else state_of(event)
        if state is not None:
            yield event, state
