"""What browsers and programs prove themselves with: cookies and API keys."""

from alembic import op

revision, down_revision = "0003", "0002"

_TABLES = """
CREATE TABLE api_key (
  id uuid PRIMARY KEY, version bigint NOT NULL, dv bigint NOT NULL,
  user_id uuid NOT NULL, name text NOT NULL, prefix text NOT NULL, secret_hash text NOT NULL,
  scopes text[] NOT NULL, requests_per_minute bigint, expires_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT api_key_prefix UNIQUE (prefix)
);
CREATE INDEX api_key_user ON api_key (user_id);
CREATE TABLE api_key_use (id uuid PRIMARY KEY, last_used_at timestamptz NOT NULL);
CREATE TABLE cookie (
  hash text PRIMARY KEY, session_id uuid NOT NULL,
  created_at timestamptz NOT NULL, used_at timestamptz NOT NULL
);
CREATE INDEX cookie_session ON cookie (session_id);
"""


def upgrade() -> None:
    """Add the tables; nobody has held any of these before."""
    for statement in filter(str.strip, _TABLES.split(";")):
        op.execute(statement)
