"""Names are found by any two characters or the beginning of a word; merges are followed in a loop."""

from alembic import op

revision, down_revision = "0005", "0004"

# Chinese, Japanese and Korean names by every two characters (the last one alone), all others by their words.
_WORDS = """
CREATE FUNCTION name_words(family text, given text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE name text;
BEGIN
  IF family COLLATE "C" < U&'\\2E80' THEN
    name := translate(lower(family || ' ' || coalesce(given, '')), $x$.,'\u2019`-\u00b7/()$x$, '          ');
    RETURN array_to_tsvector(array_remove(string_to_array(name, ' '), ''));
  END IF;
  name := translate(lower(family || coalesce(given, '')), ' \u00b7\u2022\u30fb', '');
  RETURN array_to_tsvector(array_remove(ARRAY[
    substr(name, 1, 2), substr(name, 2, 2), substr(name, 3, 2), substr(name, 4, 2),
    substr(name, 5, 2), substr(name, 6, 2), substr(name, 7, 2), substr(name, 8, 2)], ''));
END
$$"""
# A recursive query for each row of a list cost five times as much; a chain of merges ends after a hundred.
_HOME = """
CREATE OR REPLACE FUNCTION {kind}_home(start uuid) RETURNS uuid LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE home uuid := start; next uuid;
BEGIN
  FOR step IN 1..100 LOOP
    SELECT merged_into_id INTO next FROM {kind} WHERE id = home;
    EXIT WHEN next IS NULL;
    home := next;
  END LOOP;
  RETURN home;
END
$$"""


def upgrade() -> None:
    """Create the index of names, and follow merges in a loop."""
    op.execute(_WORDS)
    op.execute("CREATE INDEX contact_names ON contact USING gin (name_words(family_name, given_name))")
    for kind in ("account", "contact"):
        op.execute(_HOME.format(kind=kind))
