"""The fields that a role may speak of, by kind of record: those of the contracts' public shapes.

Written down here because auth validates roles without reading anybody else's contracts; a test compares them.
A text can be masked. What is sensitive is shown by its mask to everybody.
"""

from collections.abc import Mapping
from enum import StrEnum

# What a record is found, owned and followed by: access itself and every replica are made of these.
STRUCTURAL = frozenset(
    {
        *("id", "version", "number", "owner_id", "subject_id"),
        *("created_at", "updated_at", "deleted_at", "erased_at", "merged_into_id"),
        "collaborators",
    }
)
_TEXTS = {
    "account": (
        "external_system external_id name industry size website phone country address level source currency"
    ),
    "activity": "external_system external_id kind subject body outcome",
    "calendar": "name time_zone holiday_country holiday_subdivision external_system external_id",
    "campaign": "name purpose channel from_name reply_to status external_system external_id",
    "campaign-member": "purpose channel status reason message_id",
    "consent": "purpose channel status wording_version source proof reason",
    "contact": "external_system external_id family_name given_name email title language",
    "import": "object format status match_by on_match reason",
    "lead": "family_name given_name company_name email title source",
    "message": "about_type channel purpose message_id status reason",
    "notification": "kind about_type",
    "opportunity": "name stage_kind currency lost_reason",
    "pipeline": "name",
    "product": "name code series currency",
    "queue": "name assignment external_system external_id",
    "security-mail": "kind",
    "segment": "name description kind external_system external_id",
    "segment-member": "reason",
    "sla-policy": "name external_system external_id",
    "suppression": "reason purpose",
    "survey": "channel comment mail_status",
    "template": "name language subject html text external_system external_id",
    "ticket": (
        "subject description channel category tier priority status status_category external_system "
        "external_id"
    ),
    "ticket-message": "kind body message_id mail_status",
    "webhook": "name host disabled_reason",
}
_OTHERS = {
    "account": "parent_id annual_revenue_minor employees founded_year possible_duplicate_of_id",
    "activity": "account_id contact_id due_at done_at",
    "calendar": "hours own_days",
    "campaign": "template_id segment_id throttle_per_second scheduled_at launched_at finished_at",
    "campaign-member": (
        "campaign_id contact_id requested_at sent_at failed_at suppressed_at opened_at machine_opened_at "
        "clicked_at machine_clicked_at unsubscribed_at"
    ),
    "consent": "contact_id given_at withdrawn_at",
    "contact": "account_id possible_duplicate_of_id",
    "import": "size_bytes mapping started_at finished_at",
    "lead": "converted_at account_id contact_id opportunity_id",
    "message": "about_id contact_id attempts reply_code not_after finished_at",
    "notification": "about_id facts read_at",
    "opportunity": (
        "pipeline_id stage_id stage_entered_at account_id contact_id product_id lead_id amount_minor "
        "expected_close_date closed_at"
    ),
    "pipeline": "stages",
    "product": "price_minor is_active",
    "queue": "member_ids",
    "security-mail": "user_id",
    "segment": "filter",
    "segment-member": "segment_id contact_id is_member entered_at left_at",
    "sla-policy": "position calendar_id priorities categories channels tiers targets warn_at_percent",
    "suppression": "contact_id has_address campaign_id",
    "survey": "ticket_id contact_id sent_at answered_at score",
    "ticket": (
        "queue_id account_id contact_id follower_ids sla_policy_id opened_at first_responded_at resolved_at "
        "closed_at first_response_due_at resolution_due_at first_response_breached resolution_breached "
        "csat_score reopened_count"
    ),
    "ticket-message": "ticket_id author_id contact_id posted_at",
    "webhook": "types is_active secret_rotated_at",
}
_SENSITIVE = {
    "contact": "phone",
    "lead": "phone",
}
# By whose permissions a kind is opened beside its own: its parent's, and where a list of it stands below.
_ALSO_OPENED_BY = {
    "campaign-member": ("campaign",),
    "consent": ("contact",),
    "segment-member": ("contact", "segment"),
    "survey": ("ticket",),
    "ticket-message": ("ticket",),
}


class Form(StrEnum):
    """What a field is, as far as its levels go."""

    TEXT = "text"
    OTHER = "other"
    SENSITIVE = "sensitive"


def _catalogue() -> Mapping[str, Mapping[str, Form]]:
    found: dict[str, dict[str, Form]] = {}
    for form, kinds in ((Form.TEXT, _TEXTS), (Form.OTHER, _OTHERS), (Form.SENSITIVE, _SENSITIVE)):
        for kind, names in kinds.items():
            found.setdefault(kind, {}).update(dict.fromkeys(names.split(), form))
    return found


FIELDS = _catalogue()


def resources_of(kind: str) -> frozenset[str]:
    """Return the resources by whose permissions records of a kind are seen or changed."""
    return frozenset((kind, *_ALSO_OPENED_BY.get(kind, ())))
