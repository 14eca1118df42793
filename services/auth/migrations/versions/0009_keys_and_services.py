"""Keys that take another's place, the network a key is used from, and users for programs."""

from alembic import op

revision, down_revision = "0009", "0008"


def upgrade() -> None:
    """Add the columns; the release before makes people alone, and keys that replace none."""
    op.execute("ALTER TABLE api_key ADD COLUMN replaces_id uuid")
    op.execute("ALTER TABLE api_key_use ADD COLUMN last_used_address text")
    op.execute('ALTER TABLE "user" ADD COLUMN is_service boolean NOT NULL DEFAULT false')
    op.execute("CREATE UNIQUE INDEX api_key_replaces ON api_key (replaces_id)")
