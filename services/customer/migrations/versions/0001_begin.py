"""Journal, inbox, replicas; accounts, contacts, activities."""

from alembic import op

from libs.common.tables import create_mechanism
from libs.platform.schema import create_platform

revision, down_revision = "0001", None

_AGGREGATES = """
CREATE TABLE account (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid, name text NOT NULL, name_key text NOT NULL,
  industry text, size text, website text, phone text, phone_key text, country text, address text,
  parent_id uuid, level text, source text,
  annual_revenue_minor bigint, currency text, employees bigint, founded_year bigint,
  merged_into_id uuid, possible_duplicate_of_id uuid,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT account_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX account_owner ON account (owner_id, created_at DESC, id DESC);
CREATE INDEX account_created ON account (created_at DESC, id DESC);
CREATE INDEX account_name_key ON account (name_key);
CREATE INDEX account_phone_key ON account (phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX account_parent ON account (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX account_merged ON account (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE TABLE contact (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid, subject_id uuid NOT NULL, account_id uuid,
  family_name text NOT NULL, given_name text, email text, email_key text,
  phone text, phone_index text, phone_last4_index text, phone_mask text,
  title text, language text,
  merged_into_id uuid, possible_duplicate_of_id uuid, erased_at timestamptz,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT contact_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX contact_owner ON contact (owner_id, created_at DESC, id DESC);
CREATE INDEX contact_created ON contact (created_at DESC, id DESC);
CREATE INDEX contact_account ON contact (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX contact_subject ON contact (subject_id);
CREATE INDEX contact_email_key ON contact (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX contact_phone_index ON contact (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX contact_phone_last4 ON contact (phone_last4_index) WHERE phone_last4_index IS NOT NULL;
CREATE INDEX contact_merged ON contact (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE TABLE activity (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid, subject_id uuid NOT NULL,
  kind text NOT NULL, subject text NOT NULL, body text, outcome text,
  account_id uuid, contact_id uuid,
  due_at timestamptz, done_at timestamptz, erased_at timestamptz,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT activity_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX activity_owner ON activity (owner_id, created_at DESC, id DESC);
CREATE INDEX activity_created ON activity (created_at DESC, id DESC);
CREATE INDEX activity_account ON activity (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX activity_contact ON activity (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX activity_subject ON activity (subject_id);
CREATE INDEX activity_due ON activity (due_at) WHERE done_at IS NULL AND deleted_at IS NULL;
"""

# Where a record lives on, and everything that lives on in the same place. UNION, not UNION ALL: each id
# is visited once, whatever the rows say.
_MERGES = """
CREATE FUNCTION {kind}_home(start uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up(id, depth) AS (
    SELECT start, 0
    UNION
    SELECT r.merged_into_id, up.depth + 1 FROM {kind} r JOIN up ON r.id = up.id
    WHERE r.merged_into_id IS NOT NULL AND up.depth < 100
  ) SELECT id FROM up ORDER BY depth DESC LIMIT 1
$$;
CREATE FUNCTION {kind}_kin(start uuid) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 5 AS $$
  WITH RECURSIVE kin(id) AS (
    SELECT {kind}_home(start)
    UNION
    SELECT r.id FROM {kind} r JOIN kin ON r.merged_into_id = kin.id
  ) SELECT id FROM kin
$$
"""


def upgrade() -> None:
    """Create everything."""
    create_mechanism(op.get_bind())
    create_platform(op.get_bind())
    for statement in filter(str.strip, _AGGREGATES.split(";")):
        op.execute(statement)
    for kind in ("account", "contact"):
        home, kin = _MERGES.format(kind=kind).split("$$;")
        op.execute(home + "$$")
        op.execute(kin)
