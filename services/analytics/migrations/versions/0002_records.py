"""Whose every record is, for what analytics shows of single records."""

from alembic import op

from libs.platform.records.tables import create_records

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Create the record replica."""
    create_records(op.get_bind())
