"""The marks that changes leave for segments, by statement: a thousand new contacts leave them at once."""

from alembic import op

revision, down_revision = "0004", "0003"

# A trigger that sees the rows of its statement listens to one kind of statement.
_MARKS = {
    "contact": {
        "INSERT": "SELECT 'contact', id FROM new_rows",
        "UPDATE": """
    SELECT 'contact', id FROM new_rows
    UNION ALL
    SELECT 'contact', m FROM new_rows n JOIN old_rows o USING (id),
           unnest(ARRAY[o.merged_into_id, n.merged_into_id]) AS m
    WHERE n.merged_into_id IS DISTINCT FROM o.merged_into_id AND m IS NOT NULL""",
    },
    "account": {"UPDATE": "SELECT 'account', id FROM new_rows"},
    "activity": {
        "INSERT": "SELECT 'activity', contact_id FROM new_rows WHERE contact_id IS NOT NULL",
        "UPDATE": """
    SELECT 'activity', contact_id FROM new_rows WHERE contact_id IS NOT NULL
    UNION ALL
    SELECT 'activity', o.contact_id FROM new_rows n JOIN old_rows o USING (id)
    WHERE o.contact_id IS DISTINCT FROM n.contact_id AND o.contact_id IS NOT NULL""",
    },
    "consent": {
        "INSERT": "SELECT 'consent', contact_id FROM new_rows",
        "UPDATE": "SELECT 'consent', contact_id FROM new_rows",
    },
}
_SEES = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
}


def upgrade() -> None:
    """Put triggers by statement in the place of those by row."""
    for table, marks in _MARKS.items():
        op.execute(f"DROP TRIGGER mark_{table}_for_segments ON {table}")
        op.execute(f"DROP FUNCTION mark_{table}_for_segments()")
        for event, marked in marks.items():
            name = f"mark_{table}_{event.lower()}_for_segments"
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
                f"  INSERT INTO segment_check (source, record_id) {marked};\n  RETURN NULL;\nEND $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} {_SEES[event]}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
