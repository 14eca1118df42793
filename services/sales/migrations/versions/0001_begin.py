"""Journal, inbox, replicas; products, pipelines, opportunities, leads."""

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
CREATE TABLE lead (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid NOT NULL, subject_id uuid NOT NULL,
  family_name text NOT NULL, given_name text, company_name text,
  email text, email_key text,
  phone text, phone_index text, phone_last4_index text, phone_mask text,
  title text, source text,
  converted_at timestamptz, account_id uuid, contact_id uuid, opportunity_id uuid, erased_at timestamptz,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT lead_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX lead_owner ON lead (owner_id, created_at DESC, id DESC);
CREATE INDEX lead_created ON lead (created_at DESC, id DESC);
CREATE INDEX lead_subject ON lead (subject_id);
CREATE INDEX lead_email_key ON lead (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX lead_phone_index ON lead (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX lead_phone_last4 ON lead (phone_last4_index) WHERE phone_last4_index IS NOT NULL;
CREATE INDEX lead_account ON lead (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX lead_contact ON lead (contact_id) WHERE contact_id IS NOT NULL;
"""


def upgrade() -> None:
    """Create everything."""
    create_mechanism(op.get_bind())
    create_platform(op.get_bind())
    for statement in filter(str.strip, _AGGREGATES.split(";")):
        op.execute(statement)
