"""Segments with their members and what keeps them up to date; the consent ledger."""

from alembic import op

revision, down_revision = "0002", "0001"

_TABLES = """
CREATE TABLE segment (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid, name text NOT NULL, description text, kind text NOT NULL, filter jsonb,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT segment_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX segment_owner ON segment (owner_id, created_at DESC, id DESC);
CREATE INDEX segment_created ON segment (created_at DESC, id DESC);
CREATE INDEX segment_dynamic ON segment (id) WHERE kind = 'dynamic' AND deleted_at IS NULL;
CREATE TABLE segment_member (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  segment_id uuid NOT NULL, contact_id uuid NOT NULL, is_member boolean NOT NULL, reason text NOT NULL,
  entered_at timestamptz NOT NULL, left_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT segment_member_once UNIQUE (segment_id, contact_id)
);
CREATE INDEX segment_member_entered ON segment_member (segment_id, entered_at DESC, id DESC)
  WHERE is_member;
CREATE INDEX segment_member_contact ON segment_member (contact_id);
CREATE TABLE segment_size (segment_id uuid PRIMARY KEY, members bigint NOT NULL);
CREATE TABLE segment_check (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL, record_id uuid NOT NULL, after uuid,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE segment_recheck (
  segment_id uuid NOT NULL, contact_id uuid NOT NULL, at timestamptz NOT NULL,
  PRIMARY KEY (segment_id, contact_id)
);
CREATE INDEX segment_recheck_at ON segment_recheck (at);
CREATE TABLE segment_filling (
  segment_id uuid PRIMARY KEY, definition bigint NOT NULL, after uuid,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE segment_addition (
  segment_id uuid NOT NULL, contact_id uuid NOT NULL, PRIMARY KEY (segment_id, contact_id)
);
CREATE TABLE consent (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  contact_id uuid NOT NULL, subject_id uuid NOT NULL, purpose text NOT NULL, channel text NOT NULL,
  status text NOT NULL, wording_version text, source text, proof text, reason text,
  given_at timestamptz, withdrawn_at timestamptz, erased_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT consent_once UNIQUE (contact_id, purpose, channel)
);
CREATE INDEX consent_created ON consent (created_at DESC, id DESC);
CREATE INDEX consent_subject ON consent (subject_id);
CREATE TABLE consent_entry (
  id uuid PRIMARY KEY,
  consent_id uuid NOT NULL, contact_id uuid NOT NULL, purpose text NOT NULL, channel text NOT NULL,
  kind text NOT NULL, wording_version text, source text, proof text, reason text,
  actor text NOT NULL, occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL
);
CREATE INDEX consent_entry_contact ON consent_entry (contact_id, occurred_at DESC, id DESC);
CREATE INDEX consent_entry_consent ON consent_entry (consent_id);
CREATE INDEX activity_done ON activity (contact_id, done_at DESC)
  WHERE contact_id IS NOT NULL AND done_at IS NOT NULL AND deleted_at IS NULL
"""

# Whatever changes a contact, or what is known of him, leaves a row in the same transaction: no command can
# forget it. The row is appended and never shared, so that no writer waits for another one.
_MARKS = {
    "contact": """
  INSERT INTO segment_check (source, record_id) VALUES ('contact', NEW.id);
  IF TG_OP = 'UPDATE' AND NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id THEN
    INSERT INTO segment_check (source, record_id)
    SELECT 'contact', m FROM unnest(ARRAY[OLD.merged_into_id, NEW.merged_into_id]) AS m WHERE m IS NOT NULL;
  END IF;""",
    "account": """
  INSERT INTO segment_check (source, record_id) VALUES ('account', NEW.id);""",
    "activity": """
  IF NEW.contact_id IS NOT NULL THEN
    INSERT INTO segment_check (source, record_id) VALUES ('activity', NEW.contact_id);
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.contact_id IS DISTINCT FROM NEW.contact_id AND OLD.contact_id IS NOT NULL THEN
    INSERT INTO segment_check (source, record_id) VALUES ('activity', OLD.contact_id);
  END IF;""",
    "consent": """
  INSERT INTO segment_check (source, record_id) VALUES ('consent', NEW.contact_id);""",
}


def upgrade() -> None:
    """Create the tables, and the marks that every change leaves."""
    for statement in filter(str.strip, _TABLES.split(";")):
        op.execute(statement)
    for table, body in _MARKS.items():
        name = f"mark_{table}_for_segments"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN{body}\n  RETURN NULL;\nEND $$"
        )
        when = "UPDATE" if table == "account" else "INSERT OR UPDATE"
        op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
