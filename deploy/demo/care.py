"""Customer care at the demo company: hours, queues, promises, and tickets in every state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.demo.company import ANCHOR, external
from deploy.demo.people import Names
from deploy.demo.wire import Json

TICKETS = 160
DAYS = 150
CHANNELS = ("email", "phone", "chat", "web", "self-service")
CATEGORIES = ("Calibration", "Installation", "Hardware", "Software", "Invoice")
PRIORITIES = ("low", "medium", "medium", "medium", "high", "high", "critical")
# How a ticket's life went; each hundred tickets hold these counts.
ENDS = (
    ("closed", 62),
    ("resolved", 14),
    ("waiting-for-customer", 8),
    ("waiting-for-others", 4),
    ("escalated", 4),
    ("open", 8),
)
AGENTS = {"zh": ("sun", "he"), "en": ("tom", "aisha")}
SUBJECTS = {
    "en": (
        "The display stays dark",
        "Readings drift after an hour",
        "Certificate of the last calibration",
        "Question about an invoice",
        "Export to the laboratory system fails",
        "Spare part for the pump",
        "Appointment for the installation",
    ),
    "zh": (
        "屏幕不亮",
        "运行一小时后读数漂移",
        "需要最近一次校准证书",
        "发票问题咨询",
        "导出到实验室系统失败",
        "泵的备件",
        "预约上门安装",
    ),
}
TARGETS = (("critical", 60, 480), ("high", 120, 960), ("any", 240, 2_400))


@dataclass(frozen=True)
class Ticket:
    """A ticket without the ids that the services give."""

    body: Json
    account: int
    contact: int
    language: str
    agent: str | None


def ticket(names: Names, key: int, language: str, account: int, contact: int) -> Ticket:
    """Draw one ticket's life, from its opening to wherever it stands at the anchor."""
    end = _end_of(key)
    opened = ANCHOR - timedelta(minutes=names.chance.randrange(3 * 24 * 60, DAYS * 24 * 60))
    body: Json = {
        "subject": names.pick(SUBJECTS[language]),
        "channel": names.pick(CHANNELS),
        "category": names.pick(CATEGORIES),
        "priority": names.pick(PRIORITIES),
        "occurred_at": opened.isoformat(),
        "external_id": external("ticket", key),
    }
    agent = None if end == "open" and key % 2 else names.pick(AGENTS[language])
    return Ticket(body | _past(names, end, opened), account, contact, language, agent)


def _end_of(key: int) -> str:
    """Spread the ends evenly over the keys, so that any hundred tickets hold all of them."""
    place = key * 37 % 100
    for name, share in ENDS:
        if place < share:
            return name
        place -= share
    return ENDS[-1][0]


def _past(names: Names, end: str, opened: datetime) -> Json:
    """What happened by the anchor; an open ticket has met nobody yet."""
    if end == "open":
        return {}
    answered = opened + timedelta(minutes=names.chance.randrange(5, 400))
    history: Json = {"first_responded_at": answered.isoformat()}
    if end not in {"resolved", "closed"}:
        return {"history": history | {"status": end}}
    resolved = answered + timedelta(minutes=names.chance.randrange(20, 2_800))
    history["resolved_at"] = resolved.isoformat()
    if end == "closed":
        history["closed_at"] = (resolved + timedelta(hours=names.chance.randrange(1, 24))).isoformat()
        if names.chance.random() < 0.7:  # noqa: PLR2004 - so many answer a survey, in a good company
            history["csat_score"] = names.pick((5, 5, 5, 4, 4, 3, 2, 1))
    return {"history": history}


def calendar_bodies() -> list[Json]:
    """Hours of the two offices, with the holidays of their countries."""
    return [
        _calendar("europe", "Europe 欧洲", "Europe/Berlin", "DE", (("08:00", "18:00"),)),
        _calendar("china", "China 中国", "Asia/Shanghai", "CN", (("09:00", "12:00"), ("13:30", "18:00"))),
    ]


def _calendar(key: str, name: str, zone: str, country: str, hours: Sequence[tuple[str, str]]) -> Json:
    week = [{"weekday": day, "begins": begins, "ends": ends} for day in range(5) for begins, ends in hours]
    return {
        "name": name,
        "time_zone": zone,
        "hours": week,
        "holiday_country": country,
        "external_id": external("calendar", key),
    }


def queue_bodies(users: dict[str, str]) -> list[Json]:
    """One queue per language, whose agents take turns."""
    return [
        {
            "name": name,
            "assignment": rule,
            "member_ids": [users[key] for key in AGENTS[language]],
            "external_id": external("queue", language),
        }
        for language, name, rule in (
            ("en", "Support", "round-robin"),
            ("zh", "技术支持", "least-open"),
        )
    ]


def policy_body(calendar: str) -> Json:
    """What is promised to everyone; times are business time."""
    targets = [
        {"priority": priority, "first_response_minutes": first, "resolution_minutes": resolution}
        for priority, first, resolution in TARGETS
    ]
    return {
        "name": "Standard 标准",
        "calendar_id": calendar,
        "targets": targets,
        "warn_at_percent": 80,
        "external_id": external("sla-policy", "standard"),
    }


def ticket_bodies(
    tickets: Sequence[Ticket],
    accounts: Sequence[str],
    contacts: Sequence[str],
    queues: dict[str, str],
    users: dict[str, str],
) -> list[Json]:
    """Each ticket with the ids of what it refers to; without an agent its queue says who."""
    return [
        one.body
        | {
            "account_id": accounts[one.account],
            "contact_id": contacts[one.contact],
            "queue_id": queues[one.language],
        }
        | ({"owner_id": users[one.agent]} if one.agent else {})
        for one in tickets
    ]
