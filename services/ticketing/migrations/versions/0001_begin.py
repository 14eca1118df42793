"""Journal, inbox, replicas; calendars, SLA policies, queues, tickets, messages, surveys."""

from alembic import op

from libs.common.tables import create_mechanism
from libs.platform.references.people import create_people
from libs.platform.schema import create_platform

revision, down_revision = "0001", None

_AGGREGATES = """
CREATE TABLE calendar (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  name text NOT NULL, time_zone text NOT NULL, hours jsonb NOT NULL,
  holiday_country text, holiday_subdivision text, own_days jsonb NOT NULL,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT calendar_external_id UNIQUE (external_system, external_id)
);
CREATE TABLE sla_policy (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  name text NOT NULL, position bigint NOT NULL, calendar_id uuid NOT NULL,
  priorities text[] NOT NULL, categories text[] NOT NULL, channels text[] NOT NULL, tiers text[] NOT NULL,
  targets jsonb NOT NULL, warn_at_percent bigint,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT sla_policy_external_id UNIQUE (external_system, external_id)
);
CREATE TABLE queue (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  name text NOT NULL, assignment text NOT NULL, member_ids uuid[] NOT NULL,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT queue_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX queue_members ON queue USING gin (member_ids);
CREATE TABLE queue_turn (
  queue_id uuid PRIMARY KEY, user_id uuid
);
CREATE SEQUENCE ticket_number;
CREATE TABLE ticket (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  number text NOT NULL, subject_id uuid NOT NULL, subject text NOT NULL, description text,
  channel text NOT NULL, category text, tier text, priority text NOT NULL,
  status text NOT NULL, status_category text NOT NULL,
  queue_id uuid, owner_id uuid, account_id uuid, contact_id uuid, follower_ids uuid[] NOT NULL,
  sla_policy_id uuid, calendar_id uuid,
  opened_at timestamptz NOT NULL, first_responded_at timestamptz, resolved_at timestamptz,
  closed_at timestamptz,
  warn_at_percent bigint, clock_since timestamptz, clock_used interval NOT NULL,
  first_response_target interval, first_response_warn_at timestamptz,
  first_response_is_warned boolean NOT NULL,
  first_response_due_at timestamptz, first_response_breached boolean,
  resolution_target interval, resolution_warn_at timestamptz, resolution_is_warned boolean NOT NULL,
  resolution_due_at timestamptz, resolution_breached boolean,
  csat_score bigint, reopened_count bigint NOT NULL, erased_at timestamptz,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT ticket_number_taken UNIQUE (number),
  CONSTRAINT ticket_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX ticket_owner ON ticket (owner_id, created_at DESC, id DESC);
CREATE INDEX ticket_queue ON ticket (queue_id, created_at DESC, id DESC);
CREATE INDEX ticket_created ON ticket (created_at DESC, id DESC);
CREATE INDEX ticket_account ON ticket (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX ticket_contact ON ticket (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX ticket_subject ON ticket (subject_id);
CREATE INDEX ticket_unresolved ON ticket (owner_id)
  WHERE status_category IN ('open', 'waiting') AND deleted_at IS NULL;
CREATE TABLE ticket_message (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  ticket_id uuid NOT NULL, subject_id uuid NOT NULL, kind text NOT NULL, body text NOT NULL,
  author_id uuid, contact_id uuid, message_id text, mail_status text,
  posted_at timestamptz NOT NULL, erased_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE INDEX ticket_message_ticket ON ticket_message (ticket_id, posted_at, id);
CREATE INDEX ticket_message_subject ON ticket_message (subject_id);
CREATE TABLE survey (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  ticket_id uuid NOT NULL, contact_id uuid, subject_id uuid NOT NULL, channel text NOT NULL,
  sent_at timestamptz, answered_at timestamptz, score bigint, comment text, mail_status text,
  erased_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE INDEX survey_ticket ON survey (ticket_id);
CREATE INDEX survey_contact ON survey (contact_id, created_at DESC) WHERE contact_id IS NOT NULL;
CREATE INDEX survey_subject ON survey (subject_id);
"""


def upgrade() -> None:
    """Create everything."""
    create_mechanism(op.get_bind())
    create_platform(op.get_bind())
    create_people(op.get_bind())
    for statement in filter(str.strip, _AGGREGATES.split(";")):
        op.execute(statement)
