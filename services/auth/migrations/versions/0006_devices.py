"""Which device a session is on, and from which network; sessions from before do not say."""

from alembic import op

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    """Add the columns; the release before leaves them empty."""
    op.execute("ALTER TABLE session ADD COLUMN device text, ADD COLUMN address text")
