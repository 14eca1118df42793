"""Templates, campaigns, members and suppressions, valid by default; and what customer told of a contact."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from services.marketing.campaign_members.model import CampaignMember, Mail, member_id
from services.marketing.campaigns.model import Campaign
from services.marketing.suppressions.model import Suppression
from services.marketing.templates.model import Template

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HTML = (
    "<p>Dear {{ contact.given_name|default('friend') }}</p>"
    '<p><a href="https://shop.example.com/offer?id=7">Look</a></p>'
    '<p><a href="{{ unsubscribe_url }}">No more</a></p>'
)


def make_template(*, name: str = "Spring", html: str = HTML, **details: Any) -> Template:
    facts = {"language": "en", "subject": "Hello {{ contact.family_name }}", "text": None, **details}
    external = {"external_system": None, "external_id": None}
    return Template.add({"owner_id": new_id(), "name": name, "html": html, **external, **facts}, NOW)


def make_campaign(*, status: str = "draft", recipients: int = 1, **details: Any) -> Campaign:
    """A campaign that came as far as `status` by its own verbs."""
    ids = {name: new_id() for name in ("owner_id", "template_id", "segment_id")}
    facts = {"name": "Spring sale", "purpose": "marketing", "from_name": "Acme", "reply_to": None}
    pace = {"throttle_per_second": 50, "scheduled_at": None, "external_system": None, "external_id": None}
    made = Campaign.draft(ids | facts | pace | details, NOW)
    if status == "scheduled":
        made.schedule(NOW)
    elif status != "draft":
        made.launch(recipients, NOW)
    if status == "paused":
        made.pause(NOW)
    elif status == "finished":
        made.finish(NOW)
    elif status == "cancelled":
        made.cancel(NOW)
    return made


def make_mail(**details: Any) -> Mail:
    facts = {
        "message_id": "<1@example.com>",
        "subject_id": new_id(),
        "address_index": "index",
        "to": "li.wei@example.com",
        "subject_line": "Hello Li",
        "html": "<p>Hello</p>",
        "text": "Hello",
        "from_name": "Acme",
        "reply_to": None,
        "list_unsubscribe_url": "https://crm.example.com/l/u/x",
    }
    return Mail(**{**facts, **details})


def make_member(
    *, status: str = "pending", campaign_id: UUID | None = None, contact_id: UUID | None = None, **mail: Any
) -> CampaignMember:
    """A member that came as far as `status` by its own verbs."""
    ids = (campaign_id or new_id(), contact_id or new_id())
    made = CampaignMember.add(*ids, purpose="marketing", channel="email", now=NOW)
    assert made.id == member_id(*ids)
    if status == "skipped":
        made.skip("no-consent", NOW)
    elif status != "pending":
        made.request(make_mail(**mail), NOW)
    if status == "sent":
        made.sent(NOW, NOW)
    elif status == "failed":
        made.failed("refused", NOW, NOW)
    elif status == "cancelled":
        made.cancelled("consent-withdrawn", NOW, NOW)
    return made


def make_suppression(**details: Any) -> Suppression:
    facts = {"contact_id": new_id(), "address_index": None, "reason": "manual", "purpose": None}
    return Suppression.add(**{**facts, **details}, now=NOW)
