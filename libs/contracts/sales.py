"""What sales tells the world: products, pipelines, leads, opportunities."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from libs.common.events import Event, Personal, Sensitive, State
from libs.contracts.collaborators import SharedState


class ProductState(State):
    """A product with its list price."""

    id: UUID
    name: str
    code: str | None
    series: str | None
    price_minor: int
    currency: str
    is_active: bool
    deleted_at: datetime | None


class ProductFact(Event):
    """What every event of a product carries."""

    product_id: UUID
    state: ProductState


class ProductAdded(ProductFact, type="sales.product.added.v1", key="product_id"):
    """A product can be sold from now on."""


class ProductChanged(ProductFact, type="sales.product.changed.v1", key="product_id"):
    """A product's facts changed."""


class ProductDeleted(ProductFact, type="sales.product.deleted.v1", key="product_id"):
    """A product went to the recycle bin."""


class ProductRestored(ProductFact, type="sales.product.restored.v1", key="product_id"):
    """A product came back from the recycle bin."""


class StageState(State):
    """One stage; `kind` is open, won or lost."""

    id: UUID
    name: str
    kind: str
    probability: Decimal


class PipelineState(State):
    """A pipeline and its stages, in order."""

    id: UUID
    name: str
    stages: tuple[StageState, ...]
    deleted_at: datetime | None


class PipelineFact(Event):
    """What every event of a pipeline carries."""

    pipeline_id: UUID
    state: PipelineState


class PipelineOpened(PipelineFact, type="sales.pipeline.opened.v1", key="pipeline_id"):
    """A pipeline takes opportunities from now on."""


class PipelineReshaped(PipelineFact, type="sales.pipeline.reshaped.v1", key="pipeline_id"):
    """A pipeline's name or stages changed."""


class PipelineClosed(PipelineFact, type="sales.pipeline.closed.v1", key="pipeline_id"):
    """A pipeline went to the recycle bin."""


class PipelineReopened(PipelineFact, type="sales.pipeline.reopened.v1", key="pipeline_id"):
    """A pipeline came back from the recycle bin."""


class OpportunityState(SharedState):
    """An opportunity after the change; `stage_entered_at` is when it came to its stage."""

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


class OpportunityFact(Event):
    """What every event of an opportunity carries."""

    opportunity_id: UUID
    state: OpportunityState


class OpportunityOpened(OpportunityFact, type="sales.opportunity.opened.v1", key="opportunity_id"):
    """An opportunity entered its first stage."""

    stage_id: UUID


class OpportunityStageChanged(
    OpportunityFact, type="sales.opportunity.stage_changed.v1", key="opportunity_id"
):
    """An opportunity moved to another open stage."""

    from_stage_id: UUID
    stage_id: UUID


class OpportunityWon(OpportunityFact, type="sales.opportunity.won.v1", key="opportunity_id"):
    """The account said yes, for this amount."""

    from_stage_id: UUID
    stage_id: UUID
    amount_minor: int
    currency: str


class OpportunityLost(OpportunityFact, type="sales.opportunity.lost.v1", key="opportunity_id"):
    """The account said no, or nothing any more."""

    from_stage_id: UUID
    stage_id: UUID
    lost_reason: str


class OpportunityReopened(OpportunityFact, type="sales.opportunity.reopened.v1", key="opportunity_id"):
    """A closed opportunity is open again."""

    from_stage_id: UUID
    stage_id: UUID


class OpportunityRevised(OpportunityFact, type="sales.opportunity.revised.v1", key="opportunity_id"):
    """Facts other than stage and owner changed."""


class OpportunityShared(OpportunityFact, type="sales.opportunity.shared.v1", key="opportunity_id"):
    """A user may read the opportunity, or change it too (`access`), until `expires_at`."""

    user_id: UUID
    access: str
    expires_at: datetime | None


class OpportunityUnshared(OpportunityFact, type="sales.opportunity.unshared.v1", key="opportunity_id"):
    """The opportunity is not shared with a user any more."""

    user_id: UUID


class OpportunityAssigned(OpportunityFact, type="sales.opportunity.assigned.v1", key="opportunity_id"):
    """An opportunity has another owner."""

    from_owner_id: UUID


class OpportunityDeleted(OpportunityFact, type="sales.opportunity.deleted.v1", key="opportunity_id"):
    """An opportunity went to the recycle bin."""


class OpportunityRestored(OpportunityFact, type="sales.opportunity.restored.v1", key="opportunity_id"):
    """An opportunity came back from the recycle bin."""


class LeadState(SharedState):
    """A person who may buy; `subject_id` names the key of his personal fields."""

    id: UUID
    subject_id: UUID
    family_name: Personal[str]
    given_name: Personal[str | None]
    company_name: str | None
    email: Personal[str | None]
    phone: Sensitive[str | None]
    title: Personal[str | None]
    source: str | None
    owner_id: UUID
    converted_at: datetime | None
    account_id: UUID | None
    contact_id: UUID | None
    opportunity_id: UUID | None
    erased_at: datetime | None
    deleted_at: datetime | None


class LeadFact(Event):
    """What every event of a lead carries."""

    lead_id: UUID
    state: LeadState


class LeadCaptured(LeadFact, type="sales.lead.captured.v1", key="lead_id"):
    """Somebody may be interested."""


class LeadRevised(LeadFact, type="sales.lead.revised.v1", key="lead_id"):
    """Facts other than the owner changed."""


class LeadShared(LeadFact, type="sales.lead.shared.v1", key="lead_id"):
    """A user may read the lead, or change it too (`access`), until `expires_at`."""

    user_id: UUID
    access: str
    expires_at: datetime | None


class LeadUnshared(LeadFact, type="sales.lead.unshared.v1", key="lead_id"):
    """The lead is not shared with a user any more."""

    user_id: UUID


class LeadAssigned(LeadFact, type="sales.lead.assigned.v1", key="lead_id"):
    """A lead has another owner."""

    from_owner_id: UUID


class LeadConverted(LeadFact, type="sales.lead.converted.v1", key="lead_id"):
    """A lead became an account, a contact and perhaps an opportunity; sales minted the ids.

    `creates_account` and `creates_contact` tell customer which of them are new.
    """

    account_id: UUID
    contact_id: UUID
    opportunity_id: UUID | None
    creates_account: bool
    creates_contact: bool


class LeadErased(LeadFact, type="sales.lead.erased.v1", key="lead_id"):
    """The person asked to be forgotten; the record's personal fields are gone."""


class LeadDeleted(LeadFact, type="sales.lead.deleted.v1", key="lead_id"):
    """A lead went to the recycle bin."""


class LeadRestored(LeadFact, type="sales.lead.restored.v1", key="lead_id"):
    """A lead came back from the recycle bin."""
