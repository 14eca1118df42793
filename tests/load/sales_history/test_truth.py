from pathlib import Path

from tests.load.sales_history.mapping import load_mapping
from tests.load.sales_history.test_rows import history
from tests.load.sales_history.truth import entered, figures, figures_by, read_deals

DEALS = (
    "A1,Moses Frase,GTXPro,Acme,Won,10/20/2016,3/1/2017,1054",
    "A2,Moses Frase,GTX Pro,Acme,Won,10/25/2016,12/31/2017,46",
    "A3,Moses Frase,GTX Pro,Acme,Lost,10/25/2016,3/7/2017,0",
    "A4,Moses Frase,GTX Pro,,Engaging,10/25/2016,,",
    "A5,Moses Frase,GTX Pro,,Prospecting,,,",
)


class TestTruth:
    def test_counts_and_sums_by_stage(self, tmp_path: Path) -> None:
        history(tmp_path, *DEALS)

        true = figures(read_deals(tmp_path, load_mapping()))

        assert dict(true.count) == {"Won": 2, "Lost": 1, "Engaging": 1, "Prospecting": 1}
        assert true.amount["Won"] == 110_000
        assert str(true) == "P 1 E 1 W 2 L 1 = 1,100"
        assert str(true.of("Won")) == "W 2 = 1,100"

    def test_knows_that_closed_deals_were_engaged(self, tmp_path: Path) -> None:
        history(tmp_path, *DEALS)

        ever = entered(read_deals(tmp_path, load_mapping()))

        assert dict(ever.count) == {"Won": 2, "Lost": 1, "Engaging": 4, "Prospecting": 1}
        assert ever.amount["Engaging"] == 110_000

    def test_groups_by_team_product_and_month(self, tmp_path: Path) -> None:
        history(tmp_path, *DEALS)
        deals = read_deals(tmp_path, load_mapping())

        assert list(figures_by(deals, lambda deal: deal.manager)) == ["Dustin Brinkmann"]
        assert list(figures_by(deals, lambda deal: deal.product)) == ["GTX Pro"]
        assert {m: f.total for m, f in figures_by(deals, lambda d: d.closed_month).items()} == {
            "2017-03": 2,
            "2017-12": 1,
            "": 2,
        }
