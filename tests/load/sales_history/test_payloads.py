from pathlib import Path

from deploy.demo.wire import Json
from tests.load.sales_history.mapping import load_mapping
from tests.load.sales_history.payloads import Known, Payloads, slug
from tests.load.sales_history.test_rows import history
from tests.load.sales_history.test_truth import DEALS

PAYLOADS = Payloads(load_mapping())
KNOWN = Known(
    departments={},
    users={"Moses Frase": "u1"},
    accounts={"Acme": "a1"},
    products={"GTX Pro": "p1"},
    pipeline="pipe",
    stages={name: name for name in ("Prospecting", "Engaging", "Won", "Lost")},
    opportunities={},
)


def opportunity(folder: Path, id: str) -> Json:
    read = history(folder, *DEALS)
    return PAYLOADS.opportunity(read.opportunities[id], read, KNOWN)


class TestOpportunity:
    def test_of_a_won_deal_was_engaged_before(self, tmp_path: Path) -> None:
        body = opportunity(tmp_path, "A1")

        assert body["history"] == [
            {"stage_id": "Engaging", "occurred_at": "2016-10-20T12:00:00+00:00"},
            {"stage_id": "Won", "occurred_at": "2017-03-01T12:00:00+00:00", "amount_minor": 105_400},
        ]
        assert body["external_id"] == {"system": "sales_history", "id": "opportunity/A1"}
        assert (body["owner_id"], body["account_id"], body["product_id"]) == ("u1", "a1", "p1")

    def test_of_a_lost_deal_says_that_no_reason_is_known(self, tmp_path: Path) -> None:
        assert opportunity(tmp_path, "A3")["history"][-1]["lost_reason"] == "Not recorded"

    def test_of_an_undated_deal_begins_at_the_earliest_date(self, tmp_path: Path) -> None:
        body = opportunity(tmp_path, "A5")

        assert body["history"] == [{"stage_id": "Prospecting", "occurred_at": "2016-10-20T12:00:00+00:00"}]
        assert "account_id" not in body
        assert "expected_close_date" not in body


class TestAccount:
    def test_stands_below_its_parent(self, tmp_path: Path) -> None:
        read = history(tmp_path)

        body = PAYLOADS.account(read.accounts["Bluth"], {"Acme": "a1"})

        assert body["parent_id"] == "a1"
        assert body["annual_revenue_minor"] == 124_232_000_000


class TestSlug:
    def test_is_plain_ascii(self) -> None:
        assert slug("Mei-Mei Johns", ".") == "mei.mei.johns"
        assert slug("Zoë  O'Neil", ".") == "zoe.o.neil"
