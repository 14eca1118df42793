"""Whom tickets are shared with."""

from alembic import op

from libs.platform.access.collaborators import add_collaborators

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    """Give tickets their collaborators."""
    add_collaborators(op.get_bind(), "ticket", "'ticket'")
