"""Links that set a first password, beside those that set a new one."""

from alembic import op

revision, down_revision = "0013", "0012"


def upgrade() -> None:
    """Tell the kinds apart; a release before this one goes on asking for resets."""
    op.execute("ALTER TABLE password_reset ADD COLUMN kind text NOT NULL DEFAULT 'password-reset'")
