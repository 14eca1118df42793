"""Marketing at the demo company: who agreed to what, two segments, two templates, one campaign."""

from collections.abc import Sequence

from deploy.demo.company import ANCHOR, external
from deploy.demo.wire import Json

# Every so many contacts: one never agreed, one took it back.
SILENT, WITHDRAWN = 4, 23
PILOTS = 12
WORDING = "2026-01"
PURPOSE, CHANNEL = "marketing", "email"
VIP: Json = {
    "and": [
        {"field": "contact.language", "op": "eq", "value": "zh"},
        {"field": "account.level", "op": "eq", "value": "A"},
    ]
}
ENGLISH = """<h1>Ready for the audit?</h1><p>Dear {{ contact.full_name }},</p>
<p>{{ account.name | default('your company') }} relies on its readings. Book the calibration of this autumn:
<a href="https://www.example.com/calibration">choose a date</a>.</p>"""
CHINESE = """<h1>秋季校准开始预约</h1><p>{{ contact.full_name }}，您好：</p>
<p>{{ account.name | default('贵公司') }}的测量离不开精准的仪器。
<a href="https://www.example.com/calibration">选择日期</a>，工程师将上门校准。</p>"""
TEMPLATES = (
    (
        "en",
        "Autumn calibration",
        "{{ contact.given_name }}, is your instrument ready for the audit?",
        ENGLISH,
    ),
    ("zh", "秋季校准", "{{ contact.full_name }}，秋季校准开始预约", CHINESE),
)


def agrees(key: int) -> bool:
    """Whether a contact ever agreed to be written to."""
    return key % SILENT != 0


def consent_bodies(contacts: Sequence[str]) -> list[Json]:
    """What the contacts agreed to at a fair."""
    return [
        {
            "contact_id": contact,
            "purpose": PURPOSE,
            "channel": CHANNEL,
            "wording_version": WORDING,
            "source": "Trade fair",
            "proof": "Ticked the box of the visitor form",
            "occurred_at": ANCHOR.isoformat(),
        }
        for key, contact in enumerate(contacts)
        if agrees(key)
    ]


def withdrawal_bodies(contacts: Sequence[str]) -> list[Json]:
    """Who thought better of it."""
    return [
        {"contact_id": contact, "purpose": PURPOSE, "channel": CHANNEL, "reason": "Asked by phone"}
        for key, contact in enumerate(contacts)
        if agrees(key) and key % WITHDRAWN == 1
    ]


def segment_bodies(owner: str) -> list[Json]:
    """A segment that keeps itself, and one that was picked by hand."""
    return [
        {
            "name": "Key accounts in Chinese 重点客户（中文）",
            "kind": "dynamic",
            "filter": VIP,
            "owner_id": owner,
            "external_id": external("segment", "vip"),
        },
        {
            "name": "Pilot customers 试点客户",
            "description": "Picked by hand for the new analyser.",
            "kind": "static",
            "owner_id": owner,
            "external_id": external("segment", "pilots"),
        },
    ]


def pilots(contacts: Sequence[str]) -> list[str]:
    """Who was picked by hand."""
    return list(contacts[:: len(contacts) // PILOTS][:PILOTS])


def template_bodies(owner: str) -> list[Json]:
    """The same words in both languages."""
    return [
        {
            "name": f"{name} ({language})",
            "language": language,
            "subject": subject,
            "html": html,
            "owner_id": owner,
            "external_id": external("template", language),
        }
        for language, name, subject, html in TEMPLATES
    ]


def campaign_body(template: str, segment: str, owner: str) -> Json:
    """The one campaign that was sent."""
    return {
        "name": "Autumn calibration 秋季校准",
        "template_id": template,
        "segment_id": segment,
        "purpose": PURPOSE,
        "from_name": "Lantern Instruments 明灯仪器",
        "reply_to": "service@demo.example.com",
        "throttle_per_second": 100,
        "owner_id": owner,
        "external_id": external("campaign", "autumn"),
    }
