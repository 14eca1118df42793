"""Whom the records of all services are shared with."""

from alembic import op

from libs.platform.records.tables import add_record_collaborators

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    """Give the record replica its collaborators."""
    add_record_collaborators(op.get_bind())
