"""Whose every record of every service is: what a service keeps that shows records of others."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.common.db import Base
from libs.platform.access.collaborators import add_collaborators

# `root` is the record whose readers may read this one: its parent, or itself. `group_id` is the queue or pool
# that it waits in; `members` are the people of a queue or pool itself.
record_access = sa.Table(
    "record_access",
    Base.metadata,
    sa.Column("type", sa.Text, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("root_type", sa.Text, nullable=False),
    sa.Column("root_id", sa.Uuid, nullable=False),
    sa.Column("owner_id", sa.Uuid),
    sa.Column("group_id", sa.Uuid),
    sa.Column("members", ARRAY(sa.Uuid)),
    sa.Column("collaborators", JSONB),
    sa.Column("merged_into_id", sa.Uuid),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.Index(
        "record_access_members",
        "members",
        postgresql_using="gin",
        postgresql_where=sa.text("members IS NOT NULL"),
    ),
)


def create_records(connection: sa.Connection) -> None:
    """Create the replica in a database that has none; a service's migration calls this."""
    Base.metadata.create_all(connection, tables=[record_access])


def add_record_collaborators(connection: sa.Connection) -> None:
    """Give the replica its collaborators; a later migration calls this."""
    add_collaborators(connection, record_access.name, "NEW.type")
