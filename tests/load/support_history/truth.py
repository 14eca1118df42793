"""What is true of the support history, computed from the file alone.

It reads the file by itself and row by row, so that a mistake of the loader cannot repeat here.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Case:
    """One row, and what its two flags say."""

    id: str
    team: str
    agent: str
    channel: str
    category: str
    priority: str
    opened_month: str
    resolved_month: str
    response_seconds: float
    resolution_seconds: float | None
    resolution_hours: float
    csat: int | None
    response_met: bool
    resolution_met: bool

    @property
    def is_resolved(self) -> bool:
        return self.resolution_seconds is not None


def read_cases(folder: Path) -> list[Case]:
    with (folder / "support_tickets.csv").open(newline="", encoding="utf-8-sig") as text:
        return [_case(row) for row in csv.DictReader(text)]


def _case(row: dict[str, str]) -> Case:
    opened, resolved = row["created_date"], row["resolved_date"]
    took = datetime.fromisoformat(resolved) - datetime.fromisoformat(opened) if resolved else None
    return Case(
        id=row["ticket_id"],
        team=row["team"],
        agent=row["agent"],
        channel=row["channel"],
        category=row["category"],
        priority=row["priority"],
        opened_month=opened[:7],
        resolved_month=resolved[:7],
        response_seconds=float(row["first_response_minutes"]) * 60,
        resolution_seconds=None if took is None else took.total_seconds(),
        resolution_hours=float(row["resolution_hours"]),
        csat=int(row["csat_score"][0]) if row["csat_score"] else None,
        response_met=row["response_sla_met"] == "True",
        resolution_met=row["resolution_sla_met"] == "True",
    )


def grouped(cases: Iterable[Case], key: Callable[[Case], str]) -> dict[str, list[Case]]:
    groups: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[key(case)].append(case)
    return dict(groups)


def volume(cases: Sequence[Case]) -> str:
    resolved = sum(case.is_resolved for case in cases)
    return f"opened {len(cases):,} resolved {resolved:,} open {len(cases) - resolved:,}"


def durations(seconds: Iterable[float]) -> str:
    """Count, average, median and 90th percentile, between neighbours by the straight line."""
    ordered = sorted(seconds)
    if not ordered:
        return "none"
    figures = (sum(ordered) / len(ordered), at_share(ordered, 0.5), at_share(ordered, 0.9))
    return shown_durations(len(ordered), *figures)


def shown_durations(count: int, average: float, median: float, p90: float) -> str:
    return f"{count:,}: average {average:.0f} s, median {median:.0f} s, p90 {p90:.0f} s"


def at_share(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def response_kept(cases: Sequence[Case]) -> str:
    met = sum(case.response_met for case in cases)
    return kept(met, len(cases) - met)


def resolution_kept(cases: Sequence[Case]) -> str:
    """By the file's flag where something was resolved; what never was has long missed its day."""
    met = sum(case.is_resolved and case.resolution_met for case in cases)
    return kept(met, len(cases) - met)


def kept(met: int, breached: int) -> str:
    rate = f"{met / (met + breached):.4f}" if met + breached else "none"
    return f"met {met:,} breached {breached:,} rate {rate}"


def satisfaction(cases: Sequence[Case]) -> str:
    return answers(Counter(case.csat for case in cases if case.csat is not None))


def answers(distribution: Counter[int]) -> str:
    answered = distribution.total()
    average = sum(score * count for score, count in distribution.items()) / answered if answered else 0.0
    spread = " ".join(f"{score}:{distribution[score]:,}" for score in range(1, 6))
    return f"{answered:,} answers, average {average:.4f}, {spread}"


def rule_misses(cases: Iterable[Case], minutes: float, hours: float) -> tuple[int, int]:
    """How many rows have a flag that the rule does not give: response, resolution."""
    response = resolution = 0
    for case in cases:
        response += case.response_met != (case.response_seconds <= minutes * 60)
        resolution += case.resolution_met != (case.resolution_hours <= hours)
    return response, resolution


def unresolved_said_to_be_met(cases: Iterable[Case]) -> int:
    """Rows without a resolution that the file calls resolved in time all the same."""
    return sum(not case.is_resolved and case.resolution_met for case in cases)
