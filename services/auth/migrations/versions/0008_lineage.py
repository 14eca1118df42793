"""Which database this is, so that a restored one is known."""

from alembic import op

from libs.common.tables import add_lineage

revision, down_revision = "0008", "0007"


def upgrade() -> None:
    """Create the row's table."""
    add_lineage(op.get_bind())
