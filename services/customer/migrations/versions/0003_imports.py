"""Imports: the tables that people send, how far each has come, and the rows that were refused."""

from alembic import op

revision, down_revision = "0003", "0002"

# What stands in a file is personal: it is kept as ciphertext alone, under a key of the file's own.
_TABLES = """
CREATE TABLE import (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid, key_id uuid, object text NOT NULL, format text NOT NULL, size_bytes bigint NOT NULL,
  status text NOT NULL, mapping jsonb NOT NULL, options jsonb NOT NULL, reason text,
  started_at timestamptz, finished_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE INDEX import_owner ON import (owner_id, created_at DESC, id DESC);
CREATE INDEX import_created ON import (created_at DESC, id DESC);
CREATE INDEX import_waiting ON import (updated_at) WHERE status IN ('checking', 'running');
CREATE TABLE import_source (
  import_id uuid PRIMARY KEY, pieces bigint NOT NULL, total bigint NOT NULL, wrapped text NOT NULL,
  facts text NOT NULL
);
CREATE TABLE import_file (
  import_id uuid NOT NULL, n bigint NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (import_id, n)
);
ALTER TABLE import_file ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TABLE import_progress (
  import_id uuid NOT NULL, lane smallint NOT NULL, position bigint NOT NULL DEFAULT 0,
  fenced boolean NOT NULL DEFAULT false,
  rows bigint NOT NULL DEFAULT 0, created bigint NOT NULL DEFAULT 0, updated bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0, skipped bigint NOT NULL DEFAULT 0, failed bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (import_id, lane)
);
CREATE TABLE import_failure (
  import_id uuid NOT NULL, row bigint NOT NULL, reasons jsonb NOT NULL, cells text NOT NULL,
  PRIMARY KEY (import_id, row)
)
"""


def upgrade() -> None:
    """Create the tables."""
    for statement in filter(str.strip, _TABLES.split(";")):
        op.execute(statement)
