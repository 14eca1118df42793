"""What ticketing holds, against what was sent: nothing doubled, nothing else than what was meant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.demo.client import Api
from deploy.demo.wire import Json, Outcome
from tests.figures import Figures
from tests.load.sales_history.send import Sender
from tests.load.support_history.payloads import SYSTEM

SHOWN = ("subject", "channel", "category", "tier", "priority", "queue_id", "owner_id")
INSTANTS = ("first_responded_at", "resolved_at", "closed_at")


@dataclass
class Readback:
    """Reads the list of tickets whole and adds a row for each fault that could be."""

    api: Api
    sender: Sender
    rows: Figures

    async def run(self) -> None:
        held = await self.api.all("/tickets", external_system=SYSTEM)
        sent = self.sender.outcomes["tickets"]
        by_id = {record["id"]: record for record in held}
        differing = [one.id for one in sent if not is_same(one, by_id.get(one.id or ""))]
        self.rows.exactly("tickets: not as sent", len(differing), 0)
        self.rows.exactly("tickets: in the list", len(held), len({one.id for one in sent}))
        numbers = {record["number"] for record in held}
        self.rows.exactly("tickets: numbers given twice", len(held) - len(numbers), 0)


def is_same(sent: Outcome, held: Json | None) -> bool:
    """Whether a record is as it was sent; instants are compared as instants, not as they are written."""
    if held is None:
        return False
    meant, history = sent.item, sent.item["history"]
    same = all(meant[name] == held[name] for name in SHOWN)
    same = same and _instant(meant["occurred_at"]) == _instant(held["opened_at"])
    same = same and history.get("csat_score") == held["csat_score"]
    return same and all(_instant(history.get(name)) == _instant(held[name]) for name in INSTANTS)


def _instant(text: Any) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
