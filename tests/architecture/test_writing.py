"""No SELECT outside queries, no commit outside libs, no import in a function, no bulk write."""

from pathlib import Path

import pytest

from tests.architecture import writing
from tests.architecture.planting import caught, plant
from tests.architecture.source import Check, sources, violations

CHECKS: dict[str, Check] = {
    "select": writing.select_outside_queries,
    "commit": writing.commit_outside_libs,
    "local-import": writing.import_inside_function,
    "bulk-write": writing.bulk_write_of_aggregate,
}
COMMANDS = "services/sales/opportunities/commands.py"
PLANTED = [
    ("select", COMMANDS, "rows = session.execute(select(Opportunity))"),
    ("select", COMMANDS, "rows = session.execute(sa.select(Opportunity))"),
    ("select", COMMANDS, 'rows = session.execute(text("SELECT 1 FROM lead"))'),
    ("select", COMMANDS, 'sql = """\n  WITH open AS (VALUES (1))\n  SELECT * FROM open"""'),
    ("select", "services/sales/opportunities/projection.py", "rows = select(table)"),
    ("commit", COMMANDS, "async def win(session):\n    await session.commit()"),
    ("commit", "deploy/local/seed.py", "connection.commit()"),
    ("local-import", COMMANDS, "def win():\n    import json"),
    ("local-import", "libs/common/db.py", "async def win():\n    if win:\n        from json import loads"),
    ("local-import", "gateway/main.py", "class Door:\n    def open(self):\n        import json"),
    ("bulk-write", COMMANDS, "session.execute(update(Opportunity).values(stage=1))"),
    ("bulk-write", COMMANDS, "session.execute(sa.delete(model.Opportunity))"),
    ("bulk-write", "libs/common/db.py", "session.execute(update(Opportunity.__table__))"),
    ("bulk-write", "services/sales/opportunities/queries.py", 'sql = "UPDATE opportunity SET stage_id = 1"'),
    ("bulk-write", COMMANDS, 'sql = "DELETE FROM opportunity"'),
]
INNOCENT = [
    ("select", "services/sales/opportunities/queries.py", "rows = select(Opportunity)"),
    ("select", "services/analytics/funnel/projection.py", "rows = select(funnel)"),
    ("select", "services/sales/migrations/versions/0002_move.py", 'op.execute("SELECT 1")'),
    ("select", COMMANDS, 'hint = "Select a stage."'),
    ("commit", "libs/common/transaction.py", "session.commit()"),
    ("local-import", COMMANDS, "import json\n\n\ndef win():\n    return json"),
    ("bulk-write", "libs/common/relay.py", "session.execute(delete(outbox))"),
    ("bulk-write", "services/analytics/funnel/projection.py", 'sql = "DELETE FROM funnel"'),
    ("bulk-write", COMMANDS, "seen.update(OPEN)"),
]


@pytest.mark.parametrize("name", CHECKS)
def test_product_keeps(name: str) -> None:
    assert violations(name, CHECKS[name], sources()) == []


@pytest.mark.parametrize(("name", "path", "code"), PLANTED)
def test_planted_violation_is_caught(tmp_path: Path, name: str, path: str, code: str) -> None:
    plant(tmp_path, path, code)

    found = caught(tmp_path, name, CHECKS[name])

    assert len(found) == 1
    assert found[0].startswith(path)


@pytest.mark.parametrize(("name", "path", "code"), INNOCENT)
def test_innocent_code_passes(tmp_path: Path, name: str, path: str, code: str) -> None:
    plant(tmp_path, path, code)

    assert caught(tmp_path, name, CHECKS[name]) == []
