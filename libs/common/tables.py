"""The tables that every service has beside its own: journal, inbox, and the epoch."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

mechanism = sa.MetaData()
_NOW = sa.text("clock_timestamp()")

epoch = sa.Table(
    "epoch",
    mechanism,
    sa.Column("number", sa.BigInteger, primary_key=True),
)

# Which database this is, as its last start saw it; another one's row means that it was restored (lineage.py).
lineage = sa.Table("lineage", mechanism, sa.Column("told", sa.Text, primary_key=True))

outbox = sa.Table(
    "outbox",
    mechanism,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
)

outbox_blocked_key = sa.Table(
    "outbox_blocked_key",
    mechanism,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
)

audit = sa.Table(
    "audit",
    mechanism,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object_type", sa.Text, nullable=False),
    sa.Column("object_id", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger),
    sa.Column("changes", JSONB, nullable=False),
    sa.Column("correlation_id", sa.Text, nullable=False),
    sa.Column("address", sa.Text),
    sa.Index("audit_object", "object_type", "object_id", "id"),
)

# Rows of the trail as they were sealed, all of one turn in one row (libs/common/audit_chain.py).
audit_seal = sa.Table(
    "audit_seal",
    mechanism,
    # Of the first of them, in a count of all rows without a gap.
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("ids", sa.ARRAY(sa.BigInteger), nullable=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
    sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
    # When its last hash was told to the log, outside of this database.
    sa.Column("anchored_at", sa.DateTime(timezone=True)),
    sa.Index("audit_seal_anchored", "anchored_at", postgresql_where=sa.text("anchored_at IS NOT NULL")),
)

idempotency = sa.Table(
    "idempotency",
    mechanism,
    sa.Column("principal", sa.Text, primary_key=True),
    sa.Column("route", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    # Whom the body may tell of: an erasure deletes such rows at once.
    sa.Column("subjects", sa.ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
    sa.Index("idempotency_kept_at", "kept_at"),
)

consumer_offset = sa.Table(
    "consumer_offset",
    mechanism,
    sa.Column("group", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("cluster_id", sa.Text, nullable=False),
    sa.Column("last_id", sa.Text),
    sa.Column("last_offset", sa.BigInteger),
    sa.Column("last_time", sa.DateTime(timezone=True)),
)

handler_start = sa.Table(
    "handler_start",
    mechanism,
    sa.Column("handler", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("offset", sa.BigInteger, nullable=False),
)

seen = sa.Table(
    "seen",
    mechanism,
    sa.Column("group", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)

parked_key = sa.Table(
    "parked_key",
    mechanism,
    sa.Column("group", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("waits_for", sa.Text),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
    sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
)

parked_event = sa.Table(
    "parked_event",
    mechanism,
    sa.Column("group", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("offset", sa.BigInteger, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Index("parked_event_key", "group", "topic", "key", "offset"),
)

due = sa.Table(
    "due",
    mechanism,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), primary_key=True),
    sa.Index("due_at", "at"),
)


def add_audit_seal(connection: sa.Connection) -> None:
    """Create the seals, and take the service's own role the right to change or delete what is audited."""
    audit_seal.create(connection, checkfirst=True)
    connection.execute(sa.text("REVOKE UPDATE, DELETE, TRUNCATE ON audit, audit_seal FROM CURRENT_USER"))
    connection.execute(sa.text("GRANT UPDATE (anchored_at) ON audit_seal TO CURRENT_USER"))


def add_lineage(connection: sa.Connection) -> None:
    """Create the table; without a row, a database counts as restored."""
    lineage.create(connection, checkfirst=True)


def create_mechanism(connection: sa.Connection) -> None:
    """Create these tables in a new database and begin its first epoch."""
    mechanism.create_all(connection)
    connection.execute(sa.insert(epoch).values(number=1))
