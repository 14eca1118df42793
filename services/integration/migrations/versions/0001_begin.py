"""Journal, inbox, replicas; messages, webhooks with their deliveries, notifications."""

from alembic import op

from libs.common.tables import create_mechanism
from libs.platform.records.tables import create_records
from libs.platform.schema import create_platform

revision, down_revision = "0001", None

_AGGREGATES = """
CREATE TABLE message (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid, about_type text NOT NULL, about_id uuid NOT NULL,
  contact_id uuid, subject_id uuid NOT NULL,
  channel text NOT NULL, purpose text NOT NULL, message_id text NOT NULL,
  status text NOT NULL, attempts bigint NOT NULL, reason text, reply_code bigint,
  not_after timestamptz NOT NULL, finished_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE INDEX message_created ON message (created_at DESC, id DESC);
CREATE INDEX message_owner ON message (owner_id, created_at DESC, id DESC);
CREATE INDEX message_about ON message (about_id);
CREATE INDEX message_contact ON message (contact_id);
CREATE TABLE mail_content (
  id uuid PRIMARY KEY,
  subject_id uuid NOT NULL, contact_id uuid, purpose text NOT NULL, message_id text NOT NULL,
  event_type text NOT NULL, event_key uuid NOT NULL, fields jsonb NOT NULL,
  queued_at timestamptz NOT NULL, not_after timestamptz NOT NULL,
  next_at timestamptz NOT NULL, lease_until timestamptz,
  attempts bigint NOT NULL, stop_reason text
);
CREATE INDEX mail_content_next ON mail_content (next_at);
CREATE INDEX mail_content_contact ON mail_content (contact_id);
CREATE INDEX mail_content_subject ON mail_content (subject_id);
CREATE TABLE consent_withdrawal (
  contact_id uuid NOT NULL, purpose text NOT NULL, withdrawn_at timestamptz NOT NULL,
  PRIMARY KEY (contact_id, purpose)
);
CREATE TABLE webhook (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid NOT NULL, name text NOT NULL, description text,
  url text NOT NULL, host text NOT NULL,
  types text[] NOT NULL, filter jsonb,
  is_active boolean NOT NULL, disabled_reason text,
  secret text NOT NULL, previous_secret text, previous_secret_until timestamptz,
  secret_rotated_at timestamptz,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT webhook_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX webhook_created ON webhook (created_at DESC, id DESC);
CREATE TABLE webhook_health (
  webhook_id uuid PRIMARY KEY,
  failures bigint NOT NULL, failing_since timestamptz, resume_at timestamptz,
  last_success_at timestamptz, last_failure_at timestamptz, last_status bigint, last_error text
);
CREATE TABLE kept_event (
  id uuid PRIMARY KEY,
  topic text NOT NULL, partition integer NOT NULL, "offset" bigint NOT NULL,
  type text NOT NULL, time timestamptz NOT NULL, key text NOT NULL,
  headers jsonb NOT NULL, value bytea NOT NULL
);
CREATE INDEX kept_event_time ON kept_event (time);
CREATE TABLE delivery (
  id uuid PRIMARY KEY,
  webhook_id uuid NOT NULL,
  event_id uuid NOT NULL,
  event_type text NOT NULL, event_time timestamptz NOT NULL,
  topic text NOT NULL, partition integer NOT NULL, "offset" bigint NOT NULL,
  status text NOT NULL, attempts bigint NOT NULL,
  next_at timestamptz NOT NULL, lease_until timestamptz,
  last_status bigint, last_error text,
  created_at timestamptz NOT NULL, finished_at timestamptz
);
CREATE INDEX delivery_next ON delivery (webhook_id, next_at) WHERE status = 'pending';
CREATE INDEX delivery_listed ON delivery (webhook_id, created_at DESC, id DESC);
CREATE INDEX delivery_event ON delivery (event_id);
CREATE INDEX delivery_time ON delivery (event_time);
CREATE TABLE notification (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid NOT NULL, kind text NOT NULL,
  about_type text NOT NULL, about_id uuid NOT NULL, facts jsonb NOT NULL,
  read_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE INDEX notification_owner ON notification (owner_id, created_at DESC, id DESC);
CREATE INDEX notification_updated ON notification (updated_at);
CREATE INDEX notification_unread ON notification (owner_id) WHERE read_at IS NULL;
"""


def upgrade() -> None:
    """Create everything."""
    create_mechanism(op.get_bind())
    create_platform(op.get_bind())
    create_records(op.get_bind())
    for statement in filter(str.strip, _AGGREGATES.split(";")):
        op.execute(statement)
