"""Rows as the bodies of requests: what each record of the support history is called in the API."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import datetime

from deploy.demo.wire import Json
from tests.load.sales_history.payloads import slug
from tests.load.support_history.rows import Ticket

SYSTEM = "support-history"
DOMAIN = "support.example"
# Policies hold for tickets of this tier alone, so that others on the same platform keep theirs.
TIER = "support-history"
# What the file's two flags were found to say, whatever the priority; round the clock.
RESPONSE_MINUTES, RESOLUTION_MINUTES = 30, 24 * 60
ROOT = "Customer support"
PERMISSIONS = {
    **{f"ticket:{action}": "own" for action in ("read", "create", "update")},
    **{f"{kind}:read": "all" for kind in ("queue", "sla-policy", "calendar")},
}


@dataclass
class Known:
    """The ids of everything that a ticket or a figure refers to, by name."""

    users: dict[str, str] = field(default_factory=dict)
    queues: dict[str, str] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)


def external(kind: str, name: str) -> Json:
    return {"system": SYSTEM, "id": f"{kind}/{name}"}


def department() -> Json:
    return {"name": ROOT, "external_id": external("department", ROOT)}


def role() -> Json:
    return {"name": "Support agent", "permissions": PERMISSIONS, "external_id": external("role", "agent")}


def email(agent: str) -> str:
    return f"{slug(agent, '.')}@{DOMAIN}"


def user(agent: str, password: str, department_id: str, role_id: str) -> Json:
    return {
        "email": email(agent),
        "name": agent.replace("_", " "),
        "password": password,
        "department_id": department_id,
        "role_ids": [role_id],
        "locale": "en",
        "time_zone": "UTC",
        "external_id": external("user", agent),
    }


def queue(team: str, members: list[str]) -> Json:
    name = team.replace("_", " ")
    external_id = external("queue", team)
    return {"name": name, "member_ids": members, "assignment": "manual", "external_id": external_id}


def calendar() -> Json:
    return {"name": "Round the clock", "time_zone": "UTC", "external_id": external("calendar", "always")}


def policy(calendar_id: str) -> Json:
    target = {
        "priority": "any",
        "first_response_minutes": RESPONSE_MINUTES,
        "resolution_minutes": RESOLUTION_MINUTES,
    }
    return {
        "name": "Half an hour, one day",
        "calendar_id": calendar_id,
        "position": 0,
        "tiers": [TIER],
        "targets": [target],
        "external_id": external("sla-policy", "all"),
    }


def ticket(one: Ticket, users: Map[str, str], queues: Map[str, str]) -> Json:
    """A ticket with its past: what is resolved was closed by the customer's word, as its score shows."""
    history: Json = {"first_responded_at": instant(one.responded)}
    if one.resolved is not None:
        history |= {"resolved_at": instant(one.resolved), "closed_at": instant(one.resolved)}
    if one.csat is not None:
        history["csat_score"] = one.csat
    if one.status == "Escalated":
        history["status"] = "escalated"
    return {
        "subject": f"{one.id}: {one.category}",
        "channel": slug(one.channel, "-"),
        "category": one.category,
        "tier": TIER,
        "priority": one.priority.lower(),
        "queue_id": queues[one.team],
        "owner_id": users[one.agent],
        "occurred_at": instant(one.opened),
        "history": history,
        "external_id": external("ticket", one.id),
    }


def instant(when: datetime) -> str:
    return when.isoformat()
