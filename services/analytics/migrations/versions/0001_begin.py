"""Inbox, replicas, and the registry of read models; each model makes its own tables."""

from alembic import op

from libs.common.projection import REGISTRY
from libs.common.tables import create_mechanism
from libs.platform.schema import create_platform

revision, down_revision = "0001", None


def upgrade() -> None:
    """Create everything."""
    create_mechanism(op.get_bind())
    create_platform(op.get_bind())
    op.execute(REGISTRY)
