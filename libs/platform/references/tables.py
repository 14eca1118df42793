"""What a service knows of the records of others that it points to."""

import sqlalchemy as sa

from libs.common.db import Base

# `label` is plain, personal or not; with a `subject_id` it is blanked when that subject is erased.
reference = sa.Table(
    "reference",
    Base.metadata,
    sa.Column("type", sa.Text, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("label", sa.Text),
    sa.Column("subject_id", sa.Uuid, index=True),
    sa.Column("owner_id", sa.Uuid),
    sa.Column("merged_into_id", sa.Uuid),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
)
