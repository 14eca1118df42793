"""Whom accounts and contacts are shared with."""

from alembic import op

from libs.platform.access.collaborators import add_collaborators

revision, down_revision = "0008", "0007"


def upgrade() -> None:
    """Give accounts and contacts their collaborators."""
    add_collaborators(op.get_bind(), "account", "'account'")
    add_collaborators(op.get_bind(), "contact", "'contact'")
