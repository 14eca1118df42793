from datetime import date
from pathlib import Path

import pytest

from tests.load.sales_history.mapping import load_mapping
from tests.load.sales_history.rows import History, read_history

MAPPING = load_mapping()

ACCOUNTS = """account,sector,year_established,revenue,employees,office_location,subsidiary_of
Acme,technolgy,1996,1100.04,2822,Philipines,
Bluth,retail,1993,1242.32,3027,Kenya,Acme
"""
PRODUCTS = "product,series,sales_price\nGTX Pro,GTX,4821\n"
TEAMS = "sales_agent,manager,regional_office\nMoses Frase,Dustin Brinkmann,Central\n"
HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"


def history(folder: Path, *deals: str, accounts: str = ACCOUNTS) -> History:
    files = MAPPING.files
    (folder / files.accounts).write_text(accounts, "utf-8")
    (folder / files.products).write_text(PRODUCTS, "utf-8")
    (folder / files.teams).write_text(TEAMS, "utf-8")
    (folder / files.opportunities).write_text(HEADER + "\n".join(deals) + "\n", "utf-8")
    return read_history(folder, MAPPING)


WON = "A1,Moses Frase,GTXPro,Acme,Won,10/20/2016,3/1/2017,1054"


class TestReadHistory:
    def test_puts_known_dirt_right(self, tmp_path: Path) -> None:
        read = history(tmp_path, WON)

        assert read.opportunities["A1"].product == "GTX Pro"
        assert read.accounts["Acme"].sector == "technology"
        assert read.accounts["Acme"].country == "Philippines"
        assert read.refusals == []

    def test_reads_american_dates_and_whole_dollars(self, tmp_path: Path) -> None:
        deal = history(tmp_path, WON).opportunities["A1"]

        assert (deal.engaged, deal.closed) == (date(2016, 10, 20), date(2017, 3, 1))
        assert deal.amount_minor == 105_400

    def test_reads_revenue_in_millions(self, tmp_path: Path) -> None:
        assert history(tmp_path).accounts["Acme"].revenue_minor == 110_004_000_000

    def test_takes_an_open_deal_without_account_and_date(self, tmp_path: Path) -> None:
        read = history(tmp_path, WON, "A2,Moses Frase,GTX Pro,,Prospecting,,,")

        deal = read.opportunities["A2"]
        assert (deal.account, deal.engaged, deal.amount_minor) == (None, None, 0)
        assert read.earliest == date(2016, 10, 20)

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("A2,Nobody,GTX Pro,Acme,Won,1/1/2017,2/1/2017,1", "not a known agent"),
            ("A2,Moses Frase,GTX 9,Acme,Won,1/1/2017,2/1/2017,1", "not a known product"),
            ("A2,Moses Frase,GTX Pro,Umbrella,Won,1/1/2017,2/1/2017,1", "not a known account"),
            ("A2,Moses Frase,GTX Pro,Acme,Sold,1/1/2017,2/1/2017,1", "not a known stage"),
            ("A2,Moses Frase,GTX Pro,Acme,Won,2017-01-01,2/1/2017,1", "does not match format"),
            ("A2,Moses Frase,GTX Pro,Acme,Won,13/1/2017,2/1/2017,1", "does not match format"),
            ("A2,Moses Frase,GTX Pro,Acme,Won,2/2/2017,2/1/2017,1", "before it was engaged"),
            ("A2,Moses Frase,GTX Pro,Acme,Won,1/1/2017,,1", "contradict each other"),
            ("A2,Moses Frase,GTX Pro,Acme,Engaging,1/1/2017,2/1/2017,", "contradict each other"),
            ("A2,Moses Frase,GTX Pro,Acme,Engaging,,,", "needs an engage date"),
            ("A2,Moses Frase,GTX Pro,Acme,Won,1/1/2017,2/1/2017,-5", "not an amount"),
            ("A2,Moses Frase,GTX Pro,Acme,Won,1/1/2017,2/1/2017,1.005", "not an amount"),
            ("A2,Moses Frase,GTX Pro,Acme,Won,1/1/2017,2/1/2017,NaN", "not an amount"),
            ("A2,Moses Frase,GTX Pro,Acme,Won,1/1/2017,2/1/2017,ten", "not a number"),
            ("A2,Moses Frase,GTX Pro,Acme", "as many columns"),
            ("A2,Moses Frase,GTX Pro,Acme,Won,1/1/2017,2/1/2017,1,2", "as many columns"),
            (",Moses Frase,GTX Pro,Acme,Won,1/1/2017,2/1/2017,1", "is empty"),
            (WON, "stands in an earlier row"),
        ],
    )
    def test_names_the_line_of_every_row_it_refuses(self, tmp_path: Path, row: str, reason: str) -> None:
        read = history(tmp_path, WON, row)

        (refusal,) = read.refusals
        assert (refusal.file, refusal.line) == ("sales_pipeline.csv", 3)
        assert reason in refusal.reason
        assert list(read.opportunities) == ["A1"]

    def test_refuses_an_account_without_its_figures(self, tmp_path: Path) -> None:
        read = history(tmp_path, accounts=ACCOUNTS + "Odd,retail,soon,1,1,Kenya,\n")

        assert [refusal.line for refusal in read.refusals] == [4]
