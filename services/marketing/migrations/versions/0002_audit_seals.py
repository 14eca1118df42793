"""Seals of the audit trail, which the service itself can neither change nor delete."""

from alembic import op

from libs.common.tables import add_audit_seal

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Create the seals."""
    add_audit_seal(op.get_bind())
