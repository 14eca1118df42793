"""What sales tells; generated from docs/events by `python -m tests.sdk.write`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from plexus_crm.event import Event
from plexus_crm.model import Model


class Collaborator(Model):
    """A user beside the owner: `access` is `read`, or `write` which reads too, until `expires_at`."""

    user_id: UUID
    access: str
    expires_at: datetime | None = None


class LeadState(Model):
    """A person who may buy; `subject_id` names the key of his personal fields."""

    collaborators: tuple[Collaborator, ...] | None = None
    id: UUID
    subject_id: UUID
    family_name: str | None = None
    given_name: str | None = None
    company_name: str | None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    source: str | None
    owner_id: UUID
    converted_at: datetime | None
    account_id: UUID | None
    contact_id: UUID | None
    opportunity_id: UUID | None
    erased_at: datetime | None
    deleted_at: datetime | None


class OpportunityState(Model):
    """An opportunity after the change; `stage_entered_at` is when it came to its stage."""

    collaborators: tuple[Collaborator, ...] | None = None
    id: UUID
    name: str
    pipeline_id: UUID
    stage_id: UUID
    stage_kind: str
    stage_entered_at: datetime
    account_id: UUID | None
    contact_id: UUID | None
    product_id: UUID | None
    lead_id: UUID | None
    amount_minor: int
    currency: str
    expected_close_date: date | None
    closed_at: datetime | None
    lost_reason: str | None
    owner_id: UUID
    deleted_at: datetime | None


class PipelineState(Model):
    """A pipeline and its stages, in order."""

    id: UUID
    name: str
    stages: tuple[StageState, ...]
    deleted_at: datetime | None


class ProductState(Model):
    """A product with its list price."""

    id: UUID
    name: str
    code: str | None
    series: str | None
    price_minor: int
    currency: str
    is_active: bool
    deleted_at: datetime | None


class StageState(Model):
    """One stage; `kind` is open, won or lost."""

    id: UUID
    name: str
    kind: str
    probability: Decimal


class SubjectKeyState(Model):
    """`wrapped` is the data key under a key-encryption key, and null once the subject is erased."""

    subject_id: UUID
    wrapped: str | None
    erased_at: datetime | None = None
    linked: tuple[UUID, ...] | None = None


class LeadAssigned(Event, type="sales.lead.assigned.v1", topic="crm.sales.lead", key="lead_id"):
    """A lead has another owner."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    lead_id: UUID
    state: LeadState
    from_owner_id: UUID


class LeadCaptured(Event, type="sales.lead.captured.v1", topic="crm.sales.lead", key="lead_id"):
    """Somebody may be interested."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    lead_id: UUID
    state: LeadState


class LeadConverted(Event, type="sales.lead.converted.v1", topic="crm.sales.lead", key="lead_id"):
    """A lead became an account, a contact and perhaps an opportunity; sales minted the ids. `creates_account` and `creates_contact` tell customer which of them are new."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    lead_id: UUID
    state: LeadState
    account_id: UUID
    contact_id: UUID
    opportunity_id: UUID | None
    creates_account: bool
    creates_contact: bool


class LeadDeleted(Event, type="sales.lead.deleted.v1", topic="crm.sales.lead", key="lead_id"):
    """A lead went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    lead_id: UUID
    state: LeadState


class LeadErased(Event, type="sales.lead.erased.v1", topic="crm.sales.lead", key="lead_id"):
    """The person asked to be forgotten; the record's personal fields are gone."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    lead_id: UUID
    state: LeadState


class LeadRestored(Event, type="sales.lead.restored.v1", topic="crm.sales.lead", key="lead_id"):
    """A lead came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    lead_id: UUID
    state: LeadState


class LeadRevised(Event, type="sales.lead.revised.v1", topic="crm.sales.lead", key="lead_id"):
    """Facts other than the owner changed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    lead_id: UUID
    state: LeadState


class LeadShared(Event, type="sales.lead.shared.v1", topic="crm.sales.lead", key="lead_id"):
    """A user may read the lead, or change it too (`access`), until `expires_at`."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    lead_id: UUID
    state: LeadState
    user_id: UUID
    access: str
    expires_at: datetime | None


class LeadUnshared(Event, type="sales.lead.unshared.v1", topic="crm.sales.lead", key="lead_id"):
    """The lead is not shared with a user any more."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    lead_id: UUID
    state: LeadState
    user_id: UUID


class OpportunityAssigned(
    Event, type="sales.opportunity.assigned.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """An opportunity has another owner."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState
    from_owner_id: UUID


class OpportunityDeleted(
    Event, type="sales.opportunity.deleted.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """An opportunity went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState


class OpportunityLost(
    Event, type="sales.opportunity.lost.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """The account said no, or nothing any more."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState
    from_stage_id: UUID
    stage_id: UUID
    lost_reason: str


class OpportunityOpened(
    Event, type="sales.opportunity.opened.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """An opportunity entered its first stage."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState
    stage_id: UUID


class OpportunityReopened(
    Event, type="sales.opportunity.reopened.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """A closed opportunity is open again."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState
    from_stage_id: UUID
    stage_id: UUID


class OpportunityRestored(
    Event, type="sales.opportunity.restored.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """An opportunity came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState


class OpportunityRevised(
    Event, type="sales.opportunity.revised.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """Facts other than stage and owner changed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState


class OpportunityShared(
    Event, type="sales.opportunity.shared.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """A user may read the opportunity, or change it too (`access`), until `expires_at`."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState
    user_id: UUID
    access: str
    expires_at: datetime | None


class OpportunityStageChanged(
    Event, type="sales.opportunity.stage_changed.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """An opportunity moved to another open stage."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState
    from_stage_id: UUID
    stage_id: UUID


class OpportunityUnshared(
    Event, type="sales.opportunity.unshared.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """The opportunity is not shared with a user any more."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState
    user_id: UUID


class OpportunityWon(
    Event, type="sales.opportunity.won.v1", topic="crm.sales.opportunity", key="opportunity_id"
):
    """The account said yes, for this amount."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    opportunity_id: UUID
    state: OpportunityState
    from_stage_id: UUID
    stage_id: UUID
    amount_minor: int
    currency: str


class PipelineClosed(Event, type="sales.pipeline.closed.v1", topic="crm.sales.pipeline", key="pipeline_id"):
    """A pipeline went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    pipeline_id: UUID
    state: PipelineState


class PipelineOpened(Event, type="sales.pipeline.opened.v1", topic="crm.sales.pipeline", key="pipeline_id"):
    """A pipeline takes opportunities from now on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    pipeline_id: UUID
    state: PipelineState


class PipelineReopened(
    Event, type="sales.pipeline.reopened.v1", topic="crm.sales.pipeline", key="pipeline_id"
):
    """A pipeline came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    pipeline_id: UUID
    state: PipelineState


class PipelineReshaped(
    Event, type="sales.pipeline.reshaped.v1", topic="crm.sales.pipeline", key="pipeline_id"
):
    """A pipeline's name or stages changed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    pipeline_id: UUID
    state: PipelineState


class ProductAdded(Event, type="sales.product.added.v1", topic="crm.sales.product", key="product_id"):
    """A product can be sold from now on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    product_id: UUID
    state: ProductState


class ProductChanged(Event, type="sales.product.changed.v1", topic="crm.sales.product", key="product_id"):
    """A product's facts changed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    product_id: UUID
    state: ProductState


class ProductDeleted(Event, type="sales.product.deleted.v1", topic="crm.sales.product", key="product_id"):
    """A product went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    product_id: UUID
    state: ProductState


class ProductRestored(Event, type="sales.product.restored.v1", topic="crm.sales.product", key="product_id"):
    """A product came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    product_id: UUID
    state: ProductState


class SalesSubjectErased(
    Event, type="sales.subject-key.erased.v1", topic="crm.sales.subject-key", key="subject_id"
):
    """sales forgot a person: whatever is sealed under his key is unreadable."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class SalesSubjectLinked(
    Event, type="sales.subject-key.linked.v1", topic="crm.sales.subject-key", key="subject_id"
):
    """A subject of sales is the same person as another one; an erasure takes both."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class SalesSubjectKeyMinted(
    Event, type="sales.subject-key.minted.v1", topic="crm.sales.subject-key", key="subject_id"
):
    """sales made a key for a person."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class SalesSubjectKeyRewrapped(
    Event, type="sales.subject-key.rewrapped.v1", topic="crm.sales.subject-key", key="subject_id"
):
    """The same key under a newer key-encryption key."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState
