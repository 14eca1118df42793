"""Second factors, and the codes for the day that one is lost."""

from alembic import op

revision, down_revision = "0012", "0011"


def upgrade() -> None:
    """Add the tables; nobody has turned anything on before."""
    op.execute("""
    CREATE TABLE second_factor (
      id uuid PRIMARY KEY, user_id uuid NOT NULL UNIQUE, secret text NOT NULL,
      created_at timestamptz NOT NULL, confirmed_at timestamptz, last_step bigint NOT NULL
    )
    """)
    op.execute("""
    CREATE TABLE recovery_code (
      user_id uuid, hash text, used_at timestamptz, PRIMARY KEY (user_id, hash)
    )
    """)
