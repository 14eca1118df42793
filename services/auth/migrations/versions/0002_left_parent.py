"""Where a department stood before its last move: whoever lost sight of it must hear of that first."""

from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Add the column; rows from before have not moved since."""
    op.execute("ALTER TABLE department ADD COLUMN left_parent_id uuid")
    op.execute("CREATE INDEX department_left_parent ON department (left_parent_id)")
