"""The directory as each service keeps it in its own database; personal fields stay ciphertext."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.db import Base

# The row (HEAD, HEAD) stands for the stream itself: its version moves with facts of unknown types too.
HEAD = "head"

directory_entry = sa.Table(
    "directory_entry",
    Base.metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("dv", sa.BigInteger, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Index("directory_entry_dv", "dv"),
)
