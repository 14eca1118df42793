"""Whom leads and opportunities are shared with."""

from alembic import op

from libs.platform.access.collaborators import add_collaborators

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    """Give leads and opportunities their collaborators."""
    add_collaborators(op.get_bind(), "lead", "'lead'")
    add_collaborators(op.get_bind(), "opportunity", "'opportunity'")
