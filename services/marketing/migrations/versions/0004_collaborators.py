"""Who collaborates on what; the directory of every service looks there."""

from alembic import op

from libs.platform.access.collaborators import create_collaborators

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    """Create the table."""
    create_collaborators(op.get_bind())
