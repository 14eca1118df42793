"""The texts of notifications, made when they are read: in the reader's language, from kind and facts."""

from collections.abc import Mapping
from typing import Any

LEAD, OPPORTUNITY, TICKET = "lead-assigned", "opportunity-assigned", "ticket-assigned"
SLA_WARNED, SLA_BREACHED, LOW_SCORE = "sla-warned", "sla-breached", "low-score"
WEBHOOK_DISABLED = "webhook-disabled"

_TEXTS: Mapping[str, tuple[str, str]] = {
    LEAD: ("You are in charge of the lead {name}", "线索 {name} 已分配给您"),
    OPPORTUNITY: ("You are in charge of the opportunity {name}", "商机 {name} 已分配给您"),
    TICKET: ("You are in charge of the ticket {name}", "工单 {name} 已分配给您"),
    SLA_WARNED: ("The ticket {name} is soon late: {clock}", "工单 {name} 即将超时：{clock}"),
    SLA_BREACHED: ("The ticket {name} is late: {clock}", "工单 {name} 已超时：{clock}"),
    LOW_SCORE: ("The ticket {name} was rated {score} of 5", "工单 {name} 的评分为 {score}（满分 5 分）"),
    WEBHOOK_DISABLED: (
        "The webhook {name} was turned off: its receiver did not answer",
        "Webhook {name} 已停用：接收方无应答",
    ),
}
_UNKNOWN = ("You have a new notification", "您有一条新通知")
_CLOCKS = {"first_response": ("first response", "首次响应"), "resolution": ("resolution", "解决")}


def worded(kind: str, facts: Mapping[str, Any], label: str | None, language: str) -> str:
    """Return the text of a notification in `language` ("en" or "zh"); a kind of a newer release is plain."""
    index = 1 if language == "zh" else 0
    clock = _CLOCKS.get(str(facts.get("clock")), ("", ""))[index]
    name = str(facts.get("number") or label or "").strip()
    shown = {"name": name, "clock": clock, "score": str(facts.get("score", ""))}
    text = _TEXTS.get(kind, _UNKNOWN)[index].format_map(shown)
    return " ".join(text.split())
