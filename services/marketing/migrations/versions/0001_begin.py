"""Journal, inbox, replicas; templates, campaigns, their members, suppressions, and whom we may write to."""

from alembic import op

from libs.common.tables import create_mechanism
from libs.platform.references.people import create_people
from libs.platform.schema import create_platform

revision, down_revision = "0001", None

_AGGREGATES = """
CREATE TABLE template (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid NOT NULL, name text NOT NULL, language text NOT NULL,
  subject text NOT NULL, html text NOT NULL, text text,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT template_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX template_owner ON template (owner_id, created_at DESC, id DESC);
CREATE INDEX template_created ON template (created_at DESC, id DESC);
CREATE TABLE campaign (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid NOT NULL, name text NOT NULL,
  template_id uuid NOT NULL, segment_id uuid NOT NULL,
  purpose text NOT NULL, channel text NOT NULL, from_name text NOT NULL, reply_to text,
  throttle_per_second bigint NOT NULL, scheduled_at timestamptz,
  status text NOT NULL, launched_at timestamptz, finished_at timestamptz,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT campaign_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX campaign_owner ON campaign (owner_id, created_at DESC, id DESC);
CREATE INDEX campaign_created ON campaign (created_at DESC, id DESC);
CREATE INDEX campaign_running ON campaign (id) WHERE status IN ('running', 'cancelled');
CREATE TABLE campaign_content (
  campaign_id uuid PRIMARY KEY,
  language text NOT NULL, subject text NOT NULL, html text NOT NULL, text text
);
CREATE TABLE campaign_pace (
  campaign_id uuid PRIMARY KEY, released_at timestamptz NOT NULL, allowance double precision NOT NULL,
  is_over boolean NOT NULL DEFAULT false
);
CREATE INDEX campaign_pace_open ON campaign_pace (campaign_id) WHERE NOT is_over;
CREATE TABLE audience (
  campaign_id uuid NOT NULL, contact_id uuid NOT NULL,
  PRIMARY KEY (campaign_id, contact_id)
);
CREATE TABLE campaign_member (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  campaign_id uuid NOT NULL, contact_id uuid NOT NULL, subject_id uuid,
  purpose text NOT NULL, channel text NOT NULL,
  status text NOT NULL, reason text, message_id text, address_index text,
  requested_at timestamptz, sent_at timestamptz, failed_at timestamptz, suppressed_at timestamptz,
  opened_at timestamptz, machine_opened_at timestamptz,
  clicked_at timestamptz, machine_clicked_at timestamptz, unsubscribed_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT campaign_member_once UNIQUE (campaign_id, contact_id)
);
CREATE INDEX campaign_member_status ON campaign_member (campaign_id, status, id);
CREATE INDEX campaign_member_created ON campaign_member (campaign_id, created_at DESC, id DESC);
CREATE INDEX campaign_member_contact ON campaign_member (contact_id);
CREATE UNIQUE INDEX campaign_member_address ON campaign_member (campaign_id, address_index)
  WHERE address_index IS NOT NULL;
CREATE TABLE engagement (
  campaign_member_id uuid PRIMARY KEY, campaign_id uuid NOT NULL,
  opens bigint NOT NULL DEFAULT 0, machine_opens bigint NOT NULL DEFAULT 0,
  clicks bigint NOT NULL DEFAULT 0, machine_clicks bigint NOT NULL DEFAULT 0
);
CREATE TABLE suppression (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  contact_id uuid, address_index text, reason text NOT NULL, purpose text, campaign_id uuid,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE INDEX suppression_created ON suppression (created_at DESC, id DESC);
CREATE UNIQUE INDEX suppression_once ON suppression (contact_id, address_index, purpose)
  NULLS NOT DISTINCT WHERE deleted_at IS NULL;
CREATE INDEX suppression_address ON suppression (address_index) WHERE deleted_at IS NULL;
CREATE TABLE segment_member_replica (
  segment_id uuid NOT NULL, contact_id uuid NOT NULL,
  epoch bigint NOT NULL, version bigint NOT NULL, is_member boolean NOT NULL,
  PRIMARY KEY (segment_id, contact_id)
);
CREATE TABLE consent_replica (
  contact_id uuid NOT NULL, purpose text NOT NULL, channel text NOT NULL,
  epoch bigint NOT NULL, version bigint NOT NULL, is_given boolean NOT NULL,
  PRIMARY KEY (contact_id, purpose, channel)
)
"""


def upgrade() -> None:
    """Create everything."""
    create_mechanism(op.get_bind())
    create_platform(op.get_bind())
    create_people(op.get_bind())
    for statement in filter(str.strip, _AGGREGATES.split(";")):
        op.execute(statement)
