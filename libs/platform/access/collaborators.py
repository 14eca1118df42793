"""Records that are shared with single users, each for reading or for writing too, and until when.

Truth is a column of the record, so it stands in its state and in whatever is made of that. A collaborator
still needs the permission in some scope: sharing says which records, never what may be done with them.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base
from libs.common.events import Event
from libs.common.problem_texts import register
from libs.common.problems import Conflict

MOST_COLLABORATORS = 100

register(
    {
        "share-expired": ("That instant has passed", "该时刻已过"),
        "too-many-collaborators": ("A record has at most 100 collaborators", "每条记录最多 100 位协作者"),
    }
)


class Access(StrEnum):
    """What is shared: `write` opens reading too."""

    READ = "read"
    WRITE = "write"


# With which kinds of access a permission's action is open to more than the owner's scopes; everything else
# (deleting, assigning, merging, sharing, revealing) stays with those.
OPENS = {"read": (Access.READ, Access.WRITE), "update": (Access.WRITE,)}

# Who was ever a collaborator of some record of a kind: the others' lists need not look. A trigger fills it.
collaboration = sa.Table(
    "collaboration",
    Base.metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Uuid, primary_key=True),
)


class Shared(Aggregate):
    """Mixed into a mapped class in place of Aggregate: a record with an owner, and whom it is shared with.

    The aggregate names its two facts, and has `_ask_present()` and `_tell(fact, occurred_at, **facts)`.
    """

    kinds: ClassVar[dict[str, type["Shared"]]] = {}

    SHARED: ClassVar[type[Event]]
    UNSHARED: ClassVar[type[Event]]

    collaborators: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSONB(none_as_null=True), sort_order=93
    )

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Note the kind by the name of its table."""
        super().__init_subclass__(**keywords)
        cls.kinds[cls.__dict__["__tablename__"]] = cls

    def share(self, user_id: UUID, access: Access, expires_at: datetime | None, now: datetime) -> None:
        """Let a user in, or change how far and how long; those who expired are forgotten.

        Raises Conflict for an end that has passed, and for more than MOST_COLLABORATORS.
        """
        self._ask_present()  # type: ignore[attr-defined]
        if expires_at is not None and expires_at <= now:
            raise Conflict("share-expired")
        end = None if expires_at is None else expires_at.isoformat()
        entry = {"user_id": str(user_id), "access": str(access), "expires_at": end}
        if entry in (self.collaborators or ()):
            return
        others = self._others(user_id, now)
        if len(others) >= MOST_COLLABORATORS:
            raise Conflict("too-many-collaborators")
        self.collaborators = sorted([*others, entry], key=lambda each: each["user_id"])
        self.updated_at = now
        facts = {"user_id": user_id, "access": str(access), "expires_at": expires_at}
        self._tell(self.SHARED, now, **facts)  # type: ignore[attr-defined]

    def unshare(self, user_id: UUID, now: datetime) -> None:
        """Shut a user out; who is none of the collaborators changes nothing."""
        self._ask_present()  # type: ignore[attr-defined]
        if any(each["user_id"] == str(user_id) for each in self.collaborators or ()):
            self.collaborators = self._others(user_id, now) or None
            self.updated_at = now
            self._tell(self.UNSHARED, now, user_id=user_id)  # type: ignore[attr-defined]

    def _others(self, user_id: UUID, now: datetime) -> list[dict[str, Any]]:
        entries = [each for each in self.collaborators or () if each["user_id"] != str(user_id)]
        return [
            each
            for each in entries
            if each["expires_at"] is None or datetime.fromisoformat(each["expires_at"]) > now
        ]


def shared_with(
    id: SQLColumnExpression[Any],
    table: sa.Table,
    user_id: UUID,
    opening: tuple[Access, ...],
    among: Callable[[Any], ColumnElement[bool]] | None = None,
) -> ColumnElement[bool]:
    """Return the condition that the record in a column `id` is shared with a user now, in one of these ways.

    The ids are found once a statement, by the index on collaborators, whatever else it asks for. `among` may
    say, over the table's columns, which records alone are meant.
    """
    shared = table.alias()
    named = bindparam(None, [{"user_id": str(user_id)}], type_=JSONB)
    entries = func.jsonb_to_recordset(shared.c.collaborators).table_valued(
        column("user_id", Uuid), column("access", Text), column("expires_at", sa.DateTime(timezone=True))
    )
    entry = entries.render_derived(with_types=True)
    lasts = or_(entry.c.expires_at.is_(None), entry.c.expires_at > func.now())
    ways = entry.c.access == any_(bindparam(None, list(map(str, opening)), type_=sa.ARRAY(Text())))
    mine = exists(select(entry.c.user_id).where(entry.c.user_id == user_id, ways, lasts))
    found = select(shared.c.id).where(shared.c.collaborators.contains(named), mine)
    if among is not None:
        found = found.where(among(shared.c))
    return id == any_(func.array(found.correlate(None).scalar_subquery()))


def shared_ids(table: str, user: str) -> str:
    """Return the SQL array of the records that a user may read as a collaborator, for a statement in SQL.

    `user` stands for his id in it, such as "$5"; for NULL there are none.
    """
    return f"""ARRAY(
      SELECT shared.id FROM {table} AS shared
      WHERE shared.collaborators @> jsonb_build_array(jsonb_build_object('user_id', {user}::uuid))
        AND EXISTS (
          SELECT FROM jsonb_to_recordset(shared.collaborators)
            AS entry(user_id uuid, access text, expires_at timestamptz)
          WHERE entry.user_id = {user}::uuid AND entry.access IN ('read', 'write')
            AND (entry.expires_at IS NULL OR entry.expires_at > now())))"""  # noqa: S608 - our own names


def create_collaborators(connection: sa.Connection) -> None:
    """Create the note of who collaborates; a migration of every service calls this."""
    Base.metadata.create_all(connection, tables=[collaboration])


def add_collaborators(connection: sa.Connection, table: str, kind: str) -> None:
    """Give a table its column of collaborators, the index on it, and the note of who they are.

    `kind` is an SQL expression over NEW for the kind of record; a service's migration calls this.
    """
    create_collaborators(connection)
    name = f"note_{table}_collaborators"
    for statement in (
        f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS collaborators jsonb",
        f"""CREATE INDEX {table}_collaborators ON {table} USING gin (collaborators jsonb_path_ops)
  WHERE collaborators IS NOT NULL""",
        f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO collaboration (kind, user_id)
  SELECT {kind}, (one->>'user_id')::uuid FROM jsonb_array_elements(NEW.collaborators) AS one
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$""",  # noqa: S608 - our own names
        f"""CREATE TRIGGER {name} AFTER INSERT OR UPDATE OF collaborators ON {table} FOR EACH ROW
  WHEN (NEW.collaborators IS NOT NULL) EXECUTE FUNCTION {name}()""",
    ):
        connection.exec_driver_sql(statement)
