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
    sa.Column("merged_into_id", sa.Uuid, index=True),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
)

# Where a record lives on, and everything that lives on in the same place; each id is visited once, and a
# chain of merges ends after a hundred steps, whatever the rows say.
MERGES = (
    """
CREATE FUNCTION reference_home(kind text, start uuid) RETURNS uuid LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE home uuid := start; next uuid;
BEGIN
  FOR step IN 1..100 LOOP
    SELECT merged_into_id INTO next FROM reference WHERE type = kind AND id = home;
    EXIT WHEN next IS NULL;
    home := next;
  END LOOP;
  RETURN home;
END
$$""",
    """
CREATE FUNCTION reference_kin(kind text, start uuid) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 5 AS $$
  WITH RECURSIVE kin(id) AS (
    SELECT reference_home(kind, start)
    UNION
    SELECT r.id FROM reference r JOIN kin ON r.merged_into_id = kin.id WHERE r.type = kind
  ) SELECT id FROM kin
$$""",
)
