"""What the services hold, against what was sent: nothing doubled, nothing else than what was meant."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass

from deploy.demo.client import Api
from deploy.demo.wire import Json, Outcome
from tests.figures import Figures as Rows
from tests.load.sales_history.payloads import Known
from tests.load.sales_history.send import Sender

# What a list shows of each record; the rest is a secret, a command, or another record's.
SHOWN: Map[str, tuple[str, ...]] = {
    "departments": ("name", "parent_id"),
    "users": ("email", "name", "department_id", "manager_id"),
    "accounts": ("name", "industry", "country", "parent_id", "annual_revenue_minor", "employees"),
    "products": ("name", "code", "price_minor", "currency", "series"),
    "opportunities": (
        "name",
        "owner_id",
        "account_id",
        "product_id",
        "amount_minor",
        "currency",
        "expected_close_date",
        "stage_id",
    ),
}


@dataclass
class Readback:
    """Reads every list whole and adds a row for each kind."""

    api: Api
    sender: Sender
    known: Known
    rows: Rows

    async def run(self) -> None:
        for plural, fields in SHOWN.items():
            query = {"pipeline_id": self.known.pipeline} if plural == "opportunities" else {}
            held = await self.api.all(f"/{plural}", **query)
            sent = self.sender.outcomes[plural]
            self.rows.exactly(f"{plural}: not as sent", len(differing(sent, held, fields)), 0)
            self.rows.exactly(f"{plural}: there twice", doubles(sent, held), 0)
            if plural == "opportunities":
                self.rows.exactly("opportunities: in the pipeline", len(held), len(sent))


def differing(sent: Sequence[Outcome], held: Iterable[Json], fields: Sequence[str]) -> list[str]:
    """The ids that are absent, or not as they were sent."""
    by_id = {record["id"]: record for record in held}
    return [str(one.id) for one in sent if not _is_same(one.item, by_id.get(one.id or ""), fields)]


def _is_same(sent: Json, held: Json | None, fields: Sequence[str]) -> bool:
    if held is None:
        return False
    meant = dict(sent)
    if history := sent.get("history"):
        meant["stage_id"] = history[-1]["stage_id"]
    return all(meant.get(field) == held[field] for field in fields)


def doubles(sent: Sequence[Outcome], held: Iterable[Json]) -> int:
    """Records beside those that were sent under an external id that was sent."""
    ids = {one.id for one in sent}
    named = [(one.item["external_id"]["system"], one.item["external_id"]["id"]) for one in sent]
    of = [(r.get("external_system"), r.get("external_id")) for r in held if r["id"] not in ids]
    return sum(one in named for one in of) + len(sent) - len(ids)
