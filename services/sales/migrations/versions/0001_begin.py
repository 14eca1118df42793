"""Journal, inbox, replicas; products, pipelines, opportunities."""

from alembic import op

from libs.common.tables import create_mechanism
from libs.platform.schema import create_platform

revision, down_revision = "0001", None

_AGGREGATES = """
CREATE TABLE product (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  name text NOT NULL, code text, series text,
  price_minor bigint NOT NULL, currency text NOT NULL, is_active boolean NOT NULL,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT product_external_id UNIQUE (external_system, external_id)
);
CREATE TABLE pipeline (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  name text NOT NULL, stages jsonb NOT NULL,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT pipeline_external_id UNIQUE (external_system, external_id)
);
CREATE TABLE opportunity (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid NOT NULL, name text NOT NULL,
  pipeline_id uuid NOT NULL, stage_id uuid NOT NULL, stage_kind text NOT NULL,
  stage_entered_at timestamptz NOT NULL,
  account_id uuid, contact_id uuid, product_id uuid, lead_id uuid,
  amount_minor bigint NOT NULL, currency text NOT NULL,
  expected_close_date date, closed_at timestamptz, lost_reason text,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT opportunity_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX opportunity_owner ON opportunity (owner_id, created_at DESC, id DESC);
CREATE INDEX opportunity_created ON opportunity (created_at DESC, id DESC);
CREATE INDEX opportunity_account ON opportunity (account_id);
CREATE INDEX opportunity_contact ON opportunity (contact_id);
"""


def upgrade() -> None:
    """Create everything."""
    create_mechanism(op.get_bind())
    create_platform(op.get_bind())
    for statement in filter(str.strip, _AGGREGATES.split(";")):
        op.execute(statement)
