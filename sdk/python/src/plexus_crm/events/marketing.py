"""What marketing tells; generated from docs/events by `python -m tests.sdk.write`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from plexus_crm.event import Event
from plexus_crm.model import Model


class CampaignMemberState(Model):
    """One contact in one campaign; who may see the campaign may see him. `status` is pending, requested, sent, failed, skipped or cancelled; `reason` says why of the last three. `suppressed_at` is when it was skipped or cancelled: no mail left. `opened_at` and `clicked_at` are a human's first; a machine's, such as a scanner's, stand beside them."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    campaign_id: UUID
    contact_id: UUID
    subject_id: UUID | None
    purpose: str
    channel: str
    status: str
    reason: str | None
    message_id: str | None
    requested_at: datetime | None
    sent_at: datetime | None
    failed_at: datetime | None
    suppressed_at: datetime | None
    opened_at: datetime | None
    machine_opened_at: datetime | None
    clicked_at: datetime | None
    machine_clicked_at: datetime | None
    unsubscribed_at: datetime | None


class CampaignState(Model):
    """A campaign; `status` is draft, scheduled, running, paused, finished or cancelled. What came of its members is told by theirs."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    owner_id: UUID
    name: str
    template_id: UUID
    segment_id: UUID
    purpose: str
    channel: str
    from_name: str
    reply_to: str | None
    throttle_per_second: int
    scheduled_at: datetime | None
    status: str
    launched_at: datetime | None
    finished_at: datetime | None
    external_system: str | None = None
    external_id: str | None = None


class SuppressionState(Model):
    """Somebody who gets no mail of a purpose, or of any: a contact, or an address known by its hash alone. `reason` is unsubscribe, bounce, complaint or manual."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    contact_id: UUID | None
    has_address: bool
    reason: str
    purpose: str | None
    campaign_id: UUID | None


class TemplateState(Model):
    """A mail to be written for each recipient: its variables stand in double braces."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    owner_id: UUID
    name: str
    language: str
    subject: str
    html: str
    text: str | None
    external_system: str | None = None
    external_id: str | None = None


class CampaignMemberAdded(
    Event,
    type="marketing.campaign-member.added.v1",
    topic="crm.marketing.campaign-member",
    key="campaign_member_id",
):
    """A contact of the segment is to have the campaign's mail."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_member_id: UUID
    state: CampaignMemberState


class CampaignMemberCancelled(
    Event,
    type="marketing.campaign-member.cancelled.v1",
    topic="crm.marketing.campaign-member",
    key="campaign_member_id",
):
    """The mail was asked for, but did not leave: consent was withdrawn, or the person was forgotten."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_member_id: UUID
    state: CampaignMemberState


class CampaignMemberClicked(
    Event,
    type="marketing.campaign-member.clicked.v1",
    topic="crm.marketing.campaign-member",
    key="campaign_member_id",
):
    """A link of the mail was followed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_member_id: UUID
    state: CampaignMemberState
    target: str | None = None
    is_machine: bool


class CampaignMemberFailed(
    Event,
    type="marketing.campaign-member.failed.v1",
    topic="crm.marketing.campaign-member",
    key="campaign_member_id",
):
    """The mail could not be delivered; `state.reason` says why."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_member_id: UUID
    state: CampaignMemberState


class CampaignMemberMailRequested(
    Event,
    type="marketing.campaign-member.mail_requested.v1",
    topic="crm.marketing.campaign-member",
    key="campaign_member_id",
):
    """The mail as it was written for this contact."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    mail_id: UUID
    message_id: str
    subject_id: UUID
    contact_id: UUID | None = None
    purpose: str
    to: str | None = None
    subject_line: str | None = None
    text: str | None = None
    html: str | None = None
    from_name: str | None = None
    reply_to: str | None = None
    in_reply_to: str | None = None
    list_unsubscribe_url: str | None = None
    not_after: datetime
    campaign_member_id: UUID
    state: CampaignMemberState


class CampaignMemberOpened(
    Event,
    type="marketing.campaign-member.opened.v1",
    topic="crm.marketing.campaign-member",
    key="campaign_member_id",
):
    """The mail was looked at for the first time, by a human or (once more) by a machine."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_member_id: UUID
    state: CampaignMemberState
    is_machine: bool


class CampaignMemberSent(
    Event,
    type="marketing.campaign-member.sent.v1",
    topic="crm.marketing.campaign-member",
    key="campaign_member_id",
):
    """The receiving side took the mail."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_member_id: UUID
    state: CampaignMemberState


class CampaignMemberSkipped(
    Event,
    type="marketing.campaign-member.skipped.v1",
    topic="crm.marketing.campaign-member",
    key="campaign_member_id",
):
    """No mail was asked for; `state.reason` says why."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_member_id: UUID
    state: CampaignMemberState


class CampaignMemberUnsubscribed(
    Event,
    type="marketing.campaign-member.unsubscribed.v1",
    topic="crm.marketing.campaign-member",
    key="campaign_member_id",
):
    """The contact wants no more mails of the campaign's purpose."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_member_id: UUID
    state: CampaignMemberState


class CampaignAssigned(
    Event, type="marketing.campaign.assigned.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """Another user owns the campaign."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState
    from_owner_id: UUID


class CampaignCancelled(
    Event, type="marketing.campaign.cancelled.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """A campaign ended before its time; who was not mailed yet will not be."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState


class CampaignDeleted(
    Event, type="marketing.campaign.deleted.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """The campaign went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState


class CampaignDrafted(
    Event, type="marketing.campaign.drafted.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """A campaign is being prepared."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState


class CampaignFinished(
    Event, type="marketing.campaign.finished.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """Of every member it is known what came of his mail."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState


class CampaignLaunched(
    Event, type="marketing.campaign.launched.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """A campaign began, with those who were in its segment at that moment."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState
    recipients: int


class CampaignPaused(
    Event, type="marketing.campaign.paused.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """No more mails are asked for until it is resumed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState


class CampaignRestored(
    Event, type="marketing.campaign.restored.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """The campaign came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState


class CampaignResumed(
    Event, type="marketing.campaign.resumed.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """A paused campaign goes on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState


class CampaignRevised(
    Event, type="marketing.campaign.revised.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """A campaign's facts changed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState


class CampaignScheduled(
    Event, type="marketing.campaign.scheduled.v1", topic="crm.marketing.campaign", key="campaign_id"
):
    """A campaign begins by itself at `scheduled_at`."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    campaign_id: UUID
    state: CampaignState


class SuppressionAdded(
    Event, type="marketing.suppression.added.v1", topic="crm.marketing.suppression", key="suppression_id"
):
    """No mail goes there from now on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    suppression_id: UUID
    state: SuppressionState


class SuppressionDeleted(
    Event, type="marketing.suppression.deleted.v1", topic="crm.marketing.suppression", key="suppression_id"
):
    """Mail may go there again."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    suppression_id: UUID
    state: SuppressionState


class TemplateAdded(
    Event, type="marketing.template.added.v1", topic="crm.marketing.template", key="template_id"
):
    """A template can be used from now on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    template_id: UUID
    state: TemplateState


class TemplateAssigned(
    Event, type="marketing.template.assigned.v1", topic="crm.marketing.template", key="template_id"
):
    """Another user owns the template."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    template_id: UUID
    state: TemplateState
    from_owner_id: UUID


class TemplateDeleted(
    Event, type="marketing.template.deleted.v1", topic="crm.marketing.template", key="template_id"
):
    """The template went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    template_id: UUID
    state: TemplateState


class TemplateRestored(
    Event, type="marketing.template.restored.v1", topic="crm.marketing.template", key="template_id"
):
    """The template came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    template_id: UUID
    state: TemplateState


class TemplateRevised(
    Event, type="marketing.template.revised.v1", topic="crm.marketing.template", key="template_id"
):
    """A template's words changed; campaigns that were launched keep the words of their launch."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    template_id: UUID
    state: TemplateState
