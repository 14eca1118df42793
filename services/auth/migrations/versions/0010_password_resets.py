"""Forgotten passwords, and the mails that guard a sign-in."""

from alembic import op

revision, down_revision = "0010", "0009"


def upgrade() -> None:
    """Add the tables; nobody has asked for anything before."""
    op.execute("""
    CREATE TABLE security_mail (
      id uuid PRIMARY KEY, version bigint NOT NULL, user_id uuid NOT NULL, kind text NOT NULL,
      created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
    )
    """)
    op.execute("""
    CREATE TABLE password_reset (
      id uuid PRIMARY KEY, user_id uuid, created_at timestamptz NOT NULL,
      mailed_at timestamptz, ended_at timestamptz
    )
    """)
    op.execute("CREATE INDEX password_reset_user ON password_reset (user_id) WHERE ended_at IS NULL")
    waiting = "mailed_at IS NULL AND ended_at IS NULL"
    op.execute(f"CREATE INDEX password_reset_waiting ON password_reset (id) WHERE {waiting}")
