"""Journal, inbox, replicas; the directory, sessions, keys."""

from alembic import op

from libs.common.tables import create_mechanism
from libs.platform.schema import create_platform

revision, down_revision = "0001", None

_TABLES = """
CREATE TABLE directory_head (id bigint PRIMARY KEY, dv bigint NOT NULL);
INSERT INTO directory_head VALUES (1, 0);
CREATE TABLE department (
  id uuid PRIMARY KEY, version bigint NOT NULL, dv bigint NOT NULL,
  name text NOT NULL, parent_id uuid REFERENCES department, head_id uuid,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT department_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX department_parent ON department (parent_id);
CREATE TABLE role (
  id uuid PRIMARY KEY, version bigint NOT NULL, dv bigint NOT NULL,
  name text NOT NULL, permissions jsonb NOT NULL,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT role_external_id UNIQUE (external_system, external_id)
);
CREATE TABLE "user" (
  id uuid PRIMARY KEY, version bigint NOT NULL, dv bigint NOT NULL,
  email text NOT NULL, email_key text NOT NULL, name text NOT NULL,
  department_id uuid REFERENCES department, manager_id uuid REFERENCES "user",
  role_ids uuid[] NOT NULL, locale text NOT NULL, time_zone text NOT NULL, is_active boolean NOT NULL,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  CONSTRAINT user_email UNIQUE (email_key),
  CONSTRAINT user_external_id UNIQUE (external_system, external_id)
);
CREATE INDEX user_department ON "user" (department_id);
CREATE INDEX user_manager ON "user" (manager_id);
CREATE INDEX user_roles ON "user" USING gin (role_ids);
CREATE TABLE credential (
  user_id uuid PRIMARY KEY, password_hash text NOT NULL, changed_at timestamptz NOT NULL
);
CREATE TABLE session (
  id uuid PRIMARY KEY, user_id uuid NOT NULL, secret text NOT NULL,
  generation bigint NOT NULL, rotated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, revoked_at timestamptz
);
CREATE INDEX session_living ON session (user_id) WHERE revoked_at IS NULL;
CREATE TABLE revocation (
  id uuid PRIMARY KEY, version bigint NOT NULL, dv bigint NOT NULL,
  user_id uuid NOT NULL, revoked_at timestamptz NOT NULL, forget_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE TABLE signing_key (
  id uuid PRIMARY KEY, version bigint NOT NULL, dv bigint NOT NULL,
  jwk jsonb NOT NULL, wrapped text NOT NULL, usable_from timestamptz NOT NULL,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
"""


def upgrade() -> None:
    """Create everything."""
    create_mechanism(op.get_bind())
    create_platform(op.get_bind())
    for statement in filter(str.strip, _TABLES.split(";")):
        op.execute(statement)
