"""Events are named by rule, and libs/common knows no CRM word."""

from pathlib import Path

import pytest

from tests.architecture import names
from tests.architecture.planting import caught, plant
from tests.architecture.source import Check, sources, violations

CHECKS: dict[str, Check] = {
    "event-name": names.event_names,
    "event-class": names.event_in_class_name,
    "vocabulary": names.crm_words,
    "glossary": names.never_said,
}
SALES = "libs/contracts/sales.py"
SUBJECTS = "libs/contracts/subjects.py"
AUTH = "libs/contracts/auth.py"


def declared(name: str, event_type: str) -> str:
    return f'class {name}(Event, type="{event_type}", key="id"):\n    id: UUID\n'


PLANTED = [
    ("event-name", SALES, declared("OpportunityWin", "sales.opportunity.win.v1")),
    ("event-name", SALES, declared("OpportunityWon", "sales.opportunity.won")),
    ("event-name", SALES, declared("OpportunityWon", "sales.opportunity.Won.v1")),
    ("event-name", SALES, declared("OpportunityWon", "sales.opportunity.won.v0")),
    ("event-name", SALES, declared("AccountMerged", "customer.account.merged.v1")),
    ("event-name", SALES, declared("DealWon", "sales.opportunity.won.v1")),
    ("event-name", SALES, declared("OpportunityWon", "sales.opportunity.won.v2")),
    ("event-name", SALES, declared("QuoteUpdated", "sales.quote.updated.v1")),
    ("event-class", SALES, "class OpportunityWonEvent(Event):\n    pass"),
    ("event-class", "services/sales/opportunities/model.py", "class EventOfWin:\n    pass"),
    ("vocabulary", "libs/common/relay.py", "def send(won_opportunity):\n    pass"),
    ("vocabulary", "libs/common/relay.py", 'topic = "crm.sales.x"'),
    ("vocabulary", "libs/common/relay.py", "# The customer waits."),
    ("glossary", "services/sales/opportunities/schemas.py", "class DealRead:\n    pass"),
    ("glossary", "services/customer/contacts/model.py", "class Person:\n    pass"),
    ("event-name", SUBJECTS, declared("SubjectErased", "sales.subject-key.erased.v1")),
    ("vocabulary", "libs/common/relay.py", "class FunnelRelay:\n    pass"),
]
INNOCENT = [
    ("event-name", SUBJECTS, declared("SalesSubjectErased", "sales.subject-key.erased.v1")),
    ("event-name", SUBJECTS, declared("SalesSubjectKeyMinted", "sales.subject-key.minted.v1")),
    ("glossary", "services/sales/opportunities/model.py", "class OpportunityIssued:\n    pass"),
    ("event-name", SALES, declared("OpportunityStageChanged", "sales.opportunity.stage_changed.v1")),
    ("event-name", SALES, declared("OpportunityWonV2", "sales.opportunity.won.v2")),
    (
        "event-name",
        "libs/contracts/auth.py",
        declared("UserDeactivated", "auth.directory.user_deactivated.v1"),
    ),
    ("event-name", SALES, declared("SubjectKeyMinted", "sales.subject-key.minted.v1")),
    ("event-class", "services/analytics/event_log/projection.py", "class EventLog:\n    pass"),
    ("event-class", "libs/platform/access/scopes.py", "class Prevention:\n    pass"),
    ("vocabulary", "libs/contracts/sales.py", "lead = opportunity"),
    ("vocabulary", "libs/common/relay.py", 'leading = "crm.misleading"'),
]


@pytest.mark.parametrize("name", CHECKS)
def test_product_keeps(name: str) -> None:
    assert violations(name, CHECKS[name], sources()) == []


@pytest.mark.parametrize(("name", "path", "code"), PLANTED)
def test_planted_violation_is_caught(tmp_path: Path, name: str, path: str, code: str) -> None:
    plant(tmp_path, path, code)

    found = caught(tmp_path, name, CHECKS[name])

    assert found
    assert found[0].startswith(path)


@pytest.mark.parametrize(("name", "path", "code"), INNOCENT)
def test_innocent_code_passes(tmp_path: Path, name: str, path: str, code: str) -> None:
    plant(tmp_path, path, code)

    assert caught(tmp_path, name, CHECKS[name]) == []
