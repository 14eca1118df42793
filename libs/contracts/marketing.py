"""What marketing tells the world: templates, campaigns, their members, suppressions."""

from datetime import datetime
from uuid import UUID

from libs.common.events import Event, Personal, State
from libs.contracts.mail import MailRequested


class RecordState(State):
    """What every record of marketing has."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class TemplateState(RecordState):
    """A mail to be written for each recipient: its variables stand in double braces."""

    owner_id: UUID
    name: str
    language: str
    subject: str
    html: str
    text: str | None
    external_system: str | None = None
    external_id: str | None = None


class TemplateFact(Event):
    """What every event of a template carries."""

    template_id: UUID
    state: TemplateState


class TemplateAdded(TemplateFact, type="marketing.template.added.v1", key="template_id"):
    """A template can be used from now on."""


class TemplateRevised(TemplateFact, type="marketing.template.revised.v1", key="template_id"):
    """A template's words changed; campaigns that were launched keep the words of their launch."""


class TemplateAssigned(TemplateFact, type="marketing.template.assigned.v1", key="template_id"):
    """Another user owns the template."""

    from_owner_id: UUID


class TemplateDeleted(TemplateFact, type="marketing.template.deleted.v1", key="template_id"):
    """The template went to the recycle bin."""


class TemplateRestored(TemplateFact, type="marketing.template.restored.v1", key="template_id"):
    """The template came back from the recycle bin."""


class CampaignState(RecordState):
    """A campaign; `status` is draft, scheduled, running, paused, finished or cancelled.

    What came of its members is told by theirs.
    """

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


class CampaignFact(Event):
    """What every event of a campaign carries."""

    campaign_id: UUID
    state: CampaignState


class CampaignDrafted(CampaignFact, type="marketing.campaign.drafted.v1", key="campaign_id"):
    """A campaign is being prepared."""


class CampaignRevised(CampaignFact, type="marketing.campaign.revised.v1", key="campaign_id"):
    """A campaign's facts changed."""


class CampaignAssigned(CampaignFact, type="marketing.campaign.assigned.v1", key="campaign_id"):
    """Another user owns the campaign."""

    from_owner_id: UUID


class CampaignScheduled(CampaignFact, type="marketing.campaign.scheduled.v1", key="campaign_id"):
    """A campaign begins by itself at `scheduled_at`."""


class CampaignLaunched(CampaignFact, type="marketing.campaign.launched.v1", key="campaign_id"):
    """A campaign began, with those who were in its segment at that moment."""

    recipients: int


class CampaignPaused(CampaignFact, type="marketing.campaign.paused.v1", key="campaign_id"):
    """No more mails are asked for until it is resumed."""


class CampaignResumed(CampaignFact, type="marketing.campaign.resumed.v1", key="campaign_id"):
    """A paused campaign goes on."""


class CampaignFinished(CampaignFact, type="marketing.campaign.finished.v1", key="campaign_id"):
    """Of every member it is known what came of his mail."""


class CampaignCancelled(CampaignFact, type="marketing.campaign.cancelled.v1", key="campaign_id"):
    """A campaign ended before its time; who was not mailed yet will not be."""


class CampaignDeleted(CampaignFact, type="marketing.campaign.deleted.v1", key="campaign_id"):
    """The campaign went to the recycle bin."""


class CampaignRestored(CampaignFact, type="marketing.campaign.restored.v1", key="campaign_id"):
    """The campaign came back from the recycle bin."""


class CampaignMemberState(RecordState):
    """One contact in one campaign; who may see the campaign may see him.

    `status` is pending, requested, sent, failed, skipped or cancelled; `reason` says why of the last three.
    `suppressed_at` is when it was skipped or cancelled: no mail left.
    `opened_at` and `clicked_at` are a human's first; a machine's, such as a scanner's, stand beside them.
    """

    read_with = ("campaign", "campaign_id")

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


class CampaignMemberFact(Event):
    """What every event of a campaign member carries."""

    campaign_member_id: UUID
    state: CampaignMemberState


class CampaignMemberAdded(
    CampaignMemberFact, type="marketing.campaign-member.added.v1", key="campaign_member_id"
):
    """A contact of the segment is to have the campaign's mail."""


class CampaignMemberSkipped(
    CampaignMemberFact, type="marketing.campaign-member.skipped.v1", key="campaign_member_id"
):
    """No mail was asked for; `state.reason` says why."""


class CampaignMemberMailRequested(
    CampaignMemberFact,
    MailRequested,
    type="marketing.campaign-member.mail_requested.v1",
    key="campaign_member_id",
):
    """The mail as it was written for this contact."""


class CampaignMemberSent(
    CampaignMemberFact, type="marketing.campaign-member.sent.v1", key="campaign_member_id"
):
    """The receiving side took the mail."""


class CampaignMemberFailed(
    CampaignMemberFact, type="marketing.campaign-member.failed.v1", key="campaign_member_id"
):
    """The mail could not be delivered; `state.reason` says why."""


class CampaignMemberCancelled(
    CampaignMemberFact, type="marketing.campaign-member.cancelled.v1", key="campaign_member_id"
):
    """The mail was asked for, but did not leave: consent was withdrawn, or the person was forgotten."""


class CampaignMemberOpened(
    CampaignMemberFact, type="marketing.campaign-member.opened.v1", key="campaign_member_id"
):
    """The mail was looked at for the first time, by a human or (once more) by a machine."""

    is_machine: bool


class CampaignMemberClicked(
    CampaignMemberFact, type="marketing.campaign-member.clicked.v1", key="campaign_member_id"
):
    """A link of the mail was followed."""

    target: Personal[str]
    is_machine: bool


class CampaignMemberUnsubscribed(
    CampaignMemberFact, type="marketing.campaign-member.unsubscribed.v1", key="campaign_member_id"
):
    """The contact wants no more mails of the campaign's purpose."""


class SuppressionState(RecordState):
    """Somebody who gets no mail of a purpose, or of any: a contact, or an address known by its hash alone.

    `reason` is unsubscribe, bounce, complaint or manual.
    """

    contact_id: UUID | None
    has_address: bool
    reason: str
    purpose: str | None
    campaign_id: UUID | None


class SuppressionFact(Event):
    """What every event of a suppression carries."""

    suppression_id: UUID
    state: SuppressionState


class SuppressionAdded(SuppressionFact, type="marketing.suppression.added.v1", key="suppression_id"):
    """No mail goes there from now on."""


class SuppressionDeleted(SuppressionFact, type="marketing.suppression.deleted.v1", key="suppression_id"):
    """Mail may go there again."""
