"""Wrong sign-ins, counted per account and per address."""

from alembic import op

revision, down_revision = "0005", "0004"


def upgrade() -> None:
    """Add the table; nothing was counted before."""
    op.execute("""
    CREATE TABLE lockout (
      kind text NOT NULL, key text NOT NULL, failures bigint NOT NULL,
      failed_at timestamptz NOT NULL, locked_until timestamptz,
      PRIMARY KEY (kind, key)
    )
    """)
    op.execute("CREATE INDEX lockout_failed ON lockout (failed_at)")
