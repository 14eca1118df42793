-- The reference's tables: what the product's hold, with the indexes that these statements need.
CREATE TABLE contact (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid, subject_id uuid NOT NULL, account_id uuid,
  family_name text NOT NULL, given_name text, email text, email_key text,
  phone text, phone_index text, phone_last4_index text, phone_mask text,
  title text, language text,
  merged_into_id uuid, possible_duplicate_of_id uuid, erased_at timestamptz,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz,
  grams text[]
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
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE TABLE lead (
  id uuid PRIMARY KEY, version bigint NOT NULL,
  owner_id uuid NOT NULL, subject_id uuid NOT NULL,
  family_name text NOT NULL, given_name text, company_name text,
  email text, email_key text,
  phone text, phone_index text, phone_last4_index text, phone_mask text,
  title text, source text,
  converted_at timestamptz, account_id uuid, contact_id uuid, opportunity_id uuid, erased_at timestamptz,
  external_system text, external_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE TABLE subject_key (
  id uuid PRIMARY KEY, version bigint NOT NULL, service text NOT NULL,
  wrapped text, erased_at timestamptz, linked uuid[] NOT NULL,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz
);
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL, key text NOT NULL, headers jsonb NOT NULL, value bytea NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL, action text NOT NULL, object_type text NOT NULL, object_id text NOT NULL,
  version bigint, changes jsonb NOT NULL, correlation_id text NOT NULL, address text
);
CREATE TABLE reference (
  type text, id uuid, epoch bigint NOT NULL, version bigint NOT NULL, label text,
  subject_id uuid, owner_id uuid, merged_into_id uuid, deleted_at timestamptz,
  PRIMARY KEY (type, id)
);
CREATE INDEX ON contact (owner_id, created_at DESC, id DESC);
CREATE INDEX ON contact (created_at DESC, id DESC);
CREATE INDEX ON contact (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX ON contact (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX ON contact USING gin (grams);
CREATE INDEX ON opportunity (owner_id, created_at DESC, id DESC);
CREATE INDEX ON lead (owner_id, created_at DESC, id DESC);
CREATE INDEX ON audit (object_type, object_id, id);
