"""What a role gives less of a field than writing; roles from before give every field whole."""

from alembic import op

revision, down_revision = "0007", "0006"


def upgrade() -> None:
    """Add the column; the release before leaves its default."""
    op.execute("ALTER TABLE role ADD COLUMN fields jsonb NOT NULL DEFAULT '{}'")
