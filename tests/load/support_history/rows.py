"""The file's rows, typed; every row that cannot be understood is a refusal with its line."""

import csv
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.load.sales_history.rows import Raw, Refusal, complete

FILE = "support_tickets.csv"
STATUSES = {"Resolved", "In Progress", "Escalated"}
PRIORITIES = {"Low", "Medium", "High", "Critical"}


@dataclass(frozen=True)
class Ticket:
    """One row as it was meant: the file's clock is UTC, its minutes count from the opening."""

    line: int
    id: str
    channel: str
    category: str
    priority: str
    agent: str
    team: str
    status: str
    opened: datetime
    responded: datetime
    resolved: datetime | None
    csat: int | None


@dataclass
class History:
    tickets: dict[str, Ticket] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def agents(self) -> list[str]:
        return sorted({one.agent for one in self.tickets.values()})

    @property
    def teams(self) -> dict[str, list[str]]:
        """Each team's agents: who ever had one of its tickets."""
        found: dict[str, set[str]] = {}
        for one in self.tickets.values():
            found.setdefault(one.team, set()).add(one.agent)
        return {team: sorted(agents) for team, agents in sorted(found.items())}


def read_history(folder: Path) -> History:
    """The file of a folder; FileNotFoundError names one that is missing."""
    history = History()
    with (folder / FILE).open(newline="", encoding="utf-8-sig") as text:
        rows = csv.DictReader(text)
        for raw in rows:
            try:
                one = ticket(complete(raw), rows.line_num, history.tickets)
                history.tickets[one.id] = one
            except (ValueError, TypeError, KeyError) as error:
                history.refusals.append(Refusal(FILE, rows.line_num, str(error)))
    return history


def ticket(raw: Raw, line: int, known: Collection[str] = ()) -> Ticket:
    """One row; ValueError says what contradicts itself.

    An unresolved row has `resolution_hours` too, which is no fact: nothing was resolved. It is left out.
    """
    opened = _instant(raw["created_date"])
    one = Ticket(
        line=line,
        id=_text(raw["ticket_id"]),
        channel=_text(raw["channel"]),
        category=_text(raw["category"]),
        priority=_one_of(raw["priority"], PRIORITIES),
        agent=_text(raw["agent"]),
        team=_text(raw["team"]),
        status=_one_of(raw["status"], STATUSES),
        opened=opened,
        responded=opened + timedelta(minutes=float(raw["first_response_minutes"])),
        resolved=_instant(raw["resolved_date"]) if raw["resolved_date"] else None,
        csat=int(float(raw["csat_score"])) if raw["csat_score"] else None,
    )
    if (one.status == "Resolved") != (one.resolved is not None):
        raise ValueError(f"{one.status} and the resolved date {one.resolved} contradict each other.")
    if one.responded < opened or (one.resolved is not None and one.resolved < opened):
        raise ValueError("Something happened before the ticket was opened.")
    if one.id in known:
        raise ValueError(f"{one.id!r} stands in an earlier row.")
    return one


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("A required value is empty.")
    return value.strip()


def _one_of(value: str, known: set[str]) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is not one of {sorted(known)}.")
    return value
