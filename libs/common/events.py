"""Domain events: declared once, named by rule, registered so that a consumer can read them."""

import builtins
import re
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

T = TypeVar("T")
TYPE = re.compile(r"^(?P<service>[a-z]+)\.(?P<aggregate>[a-z]+(?:-[a-z]+)*)\.[a-z]+(?:_[a-z]+)*\.v[1-9]\d*$")
MAX_EVENT_BYTES = 256 * 1024


class FieldClass(Enum):
    """How a marked field is kept and sent (architecture.md 8); unmarked fields are public."""

    PERSONAL = "personal"
    SENSITIVE = "sensitive"

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Show the class of a marked field in the contract's JSON Schema, as `x-class`."""
        return handler(core) | {"x-class": self.value}


Personal = Annotated[T, FieldClass.PERSONAL]
Sensitive = Annotated[T, FieldClass.SENSITIVE]


class State(BaseModel):
    """An aggregate's public read shape after a change; readers ignore fields that they do not know.

    `read_with` says whose readers may read it where it has no owner of its own: the parent's aggregate, and
    the field that names the parent.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    read_with: ClassVar[tuple[str, str] | None] = None


class Event(BaseModel):
    """A fact that one aggregate's method recorded.

    Subclass with `type="service.aggregate.past_verb.vN"` and `key="<field that holds the aggregate's id>"`.
    The topic `crm.<service>.<aggregate>` follows from the type; `state` is declared by each subclass.
    `tells` names for a fact that is not called as a field of the state (or `from_…` it) what it tells: the
    aggregate and its field, or `*` for any of its fields.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    key: ClassVar[str]
    topic: ClassVar[str]
    registry: ClassVar[dict[str, builtins.type["Event"]]] = {}
    tells: ClassVar[Mapping[str, tuple[str, str]]] = {}

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Leave the keywords to pydantic, which hands them on once the fields are known."""

    @classmethod
    def __pydantic_init_subclass__(cls, *, type: str = "", key: str = "", **_: Any) -> None:
        """Name and register the subclass; an abstract one gives no type."""
        if not type:
            return
        match = TYPE.match(type)
        if match is None or key not in cls.model_fields:
            message = f"{cls.__name__}: type {type!r} or key {key!r} breaks the naming rule"
            raise TypeError(message)
        if type in cls.registry:
            message = f"{type} is declared twice"
            raise TypeError(message)
        cls.type, cls.key = type, key
        cls.topic = f"crm.{match['service']}.{match['aggregate']}"
        cls.registry[type] = cls

    @property
    def aggregate_id(self) -> UUID:
        """The id of the aggregate that recorded this event: the record key on the topic."""
        value: UUID = getattr(self, self.key)
        return value

    @property
    def subject(self) -> UUID:
        """What the event is about (`ce_subject`): the aggregate, unless a contract narrows it."""
        return self.aggregate_id


def aggregate_of(topic: str) -> str:
    """Return the aggregate's name of `crm.<service>.<aggregate>`."""
    return topic.rsplit(".", 1)[1]
