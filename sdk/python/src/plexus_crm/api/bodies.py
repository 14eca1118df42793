"""What the API takes; generated from the OpenAPI document by `python -m tests.sdk.write`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NotRequired, Required, TypedDict
from uuid import UUID

type Access = "Literal['read', 'write']"


class AccountCreate(TypedDict, total=False):
    """A new account; without `owner_id` the caller owns it."""

    industry: NotRequired[str | None]
    size: NotRequired[str | None]
    website: NotRequired[str | None]
    phone: NotRequired[str | None]
    country: NotRequired[str | None]
    address: NotRequired[str | None]
    parent_id: NotRequired[UUID | str | None]
    level: NotRequired[str | None]
    source: NotRequired[str | None]
    owner_id: NotRequired[UUID | str | None]
    annual_revenue_minor: NotRequired[int | None]
    currency: NotRequired[str | None]
    employees: NotRequired[int | None]
    founded_year: NotRequired[int | None]
    name: Required[str]
    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]


class AccountUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. A new `owner_id` needs account:assign."""

    industry: NotRequired[str | None]
    size: NotRequired[str | None]
    website: NotRequired[str | None]
    phone: NotRequired[str | None]
    country: NotRequired[str | None]
    address: NotRequired[str | None]
    parent_id: NotRequired[UUID | str | None]
    level: NotRequired[str | None]
    source: NotRequired[str | None]
    owner_id: NotRequired[UUID | str | None]
    annual_revenue_minor: NotRequired[int | None]
    currency: NotRequired[str | None]
    employees: NotRequired[int | None]
    founded_year: NotRequired[int | None]
    name: NotRequired[str]


class ActivityCreate(TypedDict, total=False):
    """Something to do, or with `done_at` something done; without `owner_id` it is the caller's."""

    body: NotRequired[str | None]
    outcome: NotRequired[str | None]
    account_id: NotRequired[UUID | str | None]
    contact_id: NotRequired[UUID | str | None]
    due_at: NotRequired[datetime | str | None]
    owner_id: NotRequired[UUID | str | None]
    kind: Required[CustomerActivitiesModelKind]
    subject: Required[str]
    done_at: NotRequired[datetime | str | None]
    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]


class ActivityUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. A new `owner_id` needs activity:assign."""

    body: NotRequired[str | None]
    outcome: NotRequired[str | None]
    account_id: NotRequired[UUID | str | None]
    contact_id: NotRequired[UUID | str | None]
    due_at: NotRequired[datetime | str | None]
    owner_id: NotRequired[UUID | str | None]
    kind: NotRequired[CustomerActivitiesModelKind]
    subject: NotRequired[str]


class Advance(TypedDict, total=False):
    """Move to another open stage."""

    stage_id: Required[UUID | str]
    occurred_at: NotRequired[datetime | str | None]


type AnalyticsPerformanceGroupBy = "Literal['owner', 'department', 'product', 'month']"


type AnalyticsTicketsGroupBy = "Literal['month', 'queue', 'owner', 'priority', 'channel', 'category']"


class ApiKeyCreate(TypedDict, total=False):
    """A new key for yourself, or a service account you answer for; without `expires_at` it has no end."""

    name: Required[str]
    scopes: Required[Sequence[str]]
    service_account_id: NotRequired[UUID | str | None]
    expires_at: NotRequired[datetime | str | None]
    requests_per_minute: NotRequired[int | None]


class ApiKeyRotate(TypedDict, total=False):
    """How long the old secret stays good, a week at most; the new key ends as the old one did, or as told."""

    overlap_seconds: NotRequired[int]
    expires_at: NotRequired[datetime | str]


class Assign(TypedDict, total=False):
    """To whom; null for nobody."""

    owner_id: Required[UUID | str | None]


type Assignment = "Literal['round-robin', 'least-open', 'manual']"


class BatchAccountCreate(TypedDict, total=False):
    """BatchAccountCreate."""

    items: Required[Sequence[AccountCreate]]


class BatchActivityCreate(TypedDict, total=False):
    """BatchActivityCreate."""

    items: Required[Sequence[ActivityCreate]]


class BatchCalendarCreate(TypedDict, total=False):
    """BatchCalendarCreate."""

    items: Required[Sequence[CalendarCreate]]


class BatchCampaignCreate(TypedDict, total=False):
    """BatchCampaignCreate."""

    items: Required[Sequence[CampaignCreate]]


class BatchConsentGive(TypedDict, total=False):
    """BatchConsentGive."""

    items: Required[Sequence[ConsentGive]]


class BatchContactCreate(TypedDict, total=False):
    """BatchContactCreate."""

    items: Required[Sequence[ContactCreate]]


class BatchDepartmentCreate(TypedDict, total=False):
    """BatchDepartmentCreate."""

    items: Required[Sequence[DepartmentCreate]]


class BatchLeadCreate(TypedDict, total=False):
    """BatchLeadCreate."""

    items: Required[Sequence[LeadCreate]]


class BatchOpportunityCreate(TypedDict, total=False):
    """BatchOpportunityCreate."""

    items: Required[Sequence[OpportunityCreate]]


class BatchPipelineCreate(TypedDict, total=False):
    """BatchPipelineCreate."""

    items: Required[Sequence[PipelineCreate]]


class BatchProductCreate(TypedDict, total=False):
    """BatchProductCreate."""

    items: Required[Sequence[ProductCreate]]


class BatchQueueCreate(TypedDict, total=False):
    """BatchQueueCreate."""

    items: Required[Sequence[QueueCreate]]


class BatchRoleCreate(TypedDict, total=False):
    """BatchRoleCreate."""

    items: Required[Sequence[RoleCreate]]


class BatchSegmentCreate(TypedDict, total=False):
    """BatchSegmentCreate."""

    items: Required[Sequence[SegmentCreate]]


class BatchSlaPolicyCreate(TypedDict, total=False):
    """BatchSlaPolicyCreate."""

    items: Required[Sequence[SlaPolicyCreate]]


class BatchSuppressionCreate(TypedDict, total=False):
    """BatchSuppressionCreate."""

    items: Required[Sequence[SuppressionCreate]]


class BatchTemplateCreate(TypedDict, total=False):
    """BatchTemplateCreate."""

    items: Required[Sequence[TemplateCreate]]


class BatchTicketCreate(TypedDict, total=False):
    """BatchTicketCreate."""

    items: Required[Sequence[TicketCreate]]


class BatchUserCreate(TypedDict, total=False):
    """BatchUserCreate."""

    items: Required[Sequence[UserCreate]]


class BlockedKey(TypedDict, total=False):
    """A key that the broker refused for good."""

    topic: Required[str]
    key: Required[str]


class CalendarCreate(TypedDict, total=False):
    """A new calendar."""

    name: Required[str]
    time_zone: Required[str]
    hours: NotRequired[Sequence[HoursIn]]
    holiday_country: NotRequired[str | None]
    holiday_subdivision: NotRequired[str | None]
    own_days: NotRequired[Sequence[OwnDayIn]]
    external_id: NotRequired[ExternalRef | None]


class CalendarUpdate(TypedDict, total=False):
    """What changes; hours and days are given as a whole."""

    name: NotRequired[str]
    time_zone: NotRequired[str]
    hours: NotRequired[Sequence[HoursIn]]
    holiday_country: NotRequired[str | None]
    holiday_subdivision: NotRequired[str | None]
    own_days: NotRequired[Sequence[OwnDayIn]]


class CampaignCreate(TypedDict, total=False):
    """A new campaign, a draft; it is sent by `launch`, then or at `scheduled_at`."""

    name: Required[str]
    template_id: Required[UUID | str]
    segment_id: Required[UUID | str]
    purpose: NotRequired[str]
    from_name: Required[str]
    reply_to: NotRequired[str | None]
    throttle_per_second: NotRequired[int]
    scheduled_at: NotRequired[datetime | str | None]
    owner_id: NotRequired[UUID | str | None]
    external_id: NotRequired[ExternalRef | None]


class CampaignUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. A new `owner_id` needs campaign:assign."""

    name: NotRequired[str]
    template_id: NotRequired[UUID | str]
    segment_id: NotRequired[UUID | str]
    purpose: NotRequired[str]
    from_name: NotRequired[str]
    reply_to: NotRequired[str | None]
    throttle_per_second: NotRequired[int]
    scheduled_at: NotRequired[datetime | str | None]
    owner_id: NotRequired[UUID | str]


class CollaboratorPut(TypedDict, total=False):
    """How far a record is shared with a user, and until when; without an end until it is taken back."""

    access: Required[Access]
    expires_at: NotRequired[datetime | str | None]


class Complete(TypedDict, total=False):
    """How it went, and when; now, unless `done_at` is given."""

    outcome: NotRequired[str | None]
    done_at: NotRequired[datetime | str | None]


class Condition(TypedDict, total=False):
    """One condition over a field of the event's data, such as `state.amount_minor`. What is personal or sensitive never matches: nothing can be found out by filtering. `contains` asks for an element of a list or a part of a text, `exists` (with true or false) whether the field has a value."""

    field: Required[str]
    op: Required[Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "exists"]]
    value: NotRequired[str | int | bool | Sequence[str | int | bool | None] | None]


class ConsentGive(TypedDict, total=False):
    """What a contact agreed to; `proof` is what shows it: a form's text, a call's note, a file's name."""

    contact_id: Required[UUID | str]
    purpose: Required[str]
    channel: Required[str]
    wording_version: Required[str]
    source: Required[str]
    proof: NotRequired[str | None]
    occurred_at: NotRequired[datetime | str | None]


class ConsentWithdraw(TypedDict, total=False):
    """What a contact objects to, whether he ever agreed or not."""

    contact_id: Required[UUID | str]
    purpose: Required[str]
    channel: Required[str]
    source: NotRequired[str]
    reason: NotRequired[str | None]
    occurred_at: NotRequired[datetime | str | None]


class ContactCreate(TypedDict, total=False):
    """A new contact; without `owner_id` the caller owns him."""

    account_id: NotRequired[UUID | str | None]
    given_name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    title: NotRequired[str | None]
    language: NotRequired[str | None]
    owner_id: NotRequired[UUID | str | None]
    family_name: Required[str]
    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]


class ContactUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. A new `owner_id` needs contact:assign."""

    account_id: NotRequired[UUID | str | None]
    given_name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    title: NotRequired[str | None]
    language: NotRequired[str | None]
    owner_id: NotRequired[UUID | str | None]
    family_name: NotRequired[str]


class Convert(TypedDict, total=False):
    """What the lead becomes: an account and a contact, new unless they are named, and an opportunity."""

    account_id: NotRequired[UUID | str | None]
    contact_id: NotRequired[UUID | str | None]
    opportunity: NotRequired[OpportunityFacts | None]
    occurred_at: NotRequired[datetime | str | None]


class CustomerAccountsMergeInto(TypedDict, total=False):
    """The record that this one is to live on in."""

    into_id: Required[UUID | str]


type CustomerActivitiesModelKind = "Literal['task', 'call', 'meeting', 'email', 'visit', 'note']"


class CustomerContactsMergeInto(TypedDict, total=False):
    """The contact that this one is to live on in."""

    into_id: Required[UUID | str]


class CustomerPreview(TypedDict, total=False):
    """A rule to be tried."""

    filter: Required[Mapping[str, Any]]


type CustomerSegmentsModelKind = "Literal['static', 'dynamic']"


class DepartmentCreate(TypedDict, total=False):
    """A new department; without `parent_id` it is a root."""

    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]
    name: Required[str]
    parent_id: NotRequired[UUID | str | None]
    head_id: NotRequired[UUID | str | None]


class DepartmentMove(TypedDict, total=False):
    """The new parent; null makes the department a root."""

    parent_id: Required[UUID | str | None]


class DepartmentUpdate(TypedDict, total=False):
    """What changes; what is not sent stays."""

    name: NotRequired[str]
    head_id: NotRequired[UUID | str | None]


class Discard(TypedDict, total=False):
    """Give up the event that holds a key back, for a reason that stands in the audit trail."""

    group: Required[str]
    topic: Required[str]
    key: Required[str]
    offset: Required[int]
    reason: Required[str]


Every = TypedDict(
    "Every",
    {
        "and": "Required[Sequence[Tree]]",
    },
    total=False,
)
"""Holds when all of these hold."""


class ExternalRef(TypedDict, total=False):
    """A record's own id in another system, so that a load can be repeated."""

    system: Required[str]
    id: Required[str]


type Format = "Literal['csv', 'ndjson']"


class History(TypedDict, total=False):
    """The past of a ticket that is taken in late; it needs history:write."""

    first_responded_at: NotRequired[datetime | str | None]
    status: NotRequired[Literal["escalated", "waiting-for-customer", "waiting-for-others"] | None]
    resolved_at: NotRequired[datetime | str | None]
    closed_at: NotRequired[datetime | str | None]
    csat_score: NotRequired[int | None]


class HoursIn(TypedDict, total=False):
    """Hours of work on a day of the week; 0 is Monday."""

    begins: Required[str]
    ends: Required[str]
    weekday: Required[int]


class ImportUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. Another object or sheet has its columns guessed anew."""

    object: NotRequired[Object]
    sheet: NotRequired[int]
    mapping: NotRequired[Mapping[str, Any]]
    match_by: NotRequired[MatchBy | None]
    on_match: NotRequired[OnMatch]
    external_system: NotRequired[str]
    missing_account: NotRequired[MissingAccount]
    default_owner_id: NotRequired[UUID | str | None]


type Kind = "Literal['reply', 'note', 'inbound']"


class LeadCreate(TypedDict, total=False):
    """A new lead; without `owner_id` the caller owns it."""

    given_name: NotRequired[str | None]
    company_name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    title: NotRequired[str | None]
    source: NotRequired[str | None]
    family_name: Required[str]
    owner_id: NotRequired[UUID | str | None]
    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]


class LeadUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. A new `owner_id` needs lead:assign."""

    given_name: NotRequired[str | None]
    company_name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    title: NotRequired[str | None]
    source: NotRequired[str | None]
    family_name: NotRequired[str]
    owner_id: NotRequired[UUID | str]


type Level = "Literal['hidden', 'masked', 'read', 'write']"


class Lose(TypedDict, total=False):
    """Close as lost."""

    reason: Required[str]
    occurred_at: NotRequired[datetime | str | None]


class MarketingPreview(TypedDict, total=False):
    """Whose mail is to be shown."""

    contact_id: Required[UUID | str]


type MatchBy = "Literal['external_id', 'email', 'phone', 'name']"


type MissingAccount = "Literal['create', 'refuse', 'leave']"


class Move(TypedDict, total=False):
    """Into which queue, whose rule says whose it is then; null for none."""

    queue_id: Required[UUID | str | None]


Not = TypedDict(
    "Not",
    {
        "not": "Required[Tree]",
    },
    total=False,
)
"""Holds when this does not."""


type Object = "Literal['contact', 'account']"


type OnMatch = "Literal['update', 'skip', 'create']"


class OpeningIn(TypedDict, total=False):
    """Hours of work on one day."""

    begins: Required[str]
    ends: Required[str]


class OpportunityCreate(TypedDict, total=False):
    """A new opportunity; `history` (needs history:write) replaces `stage_id` and `occurred_at`."""

    name: Required[str]
    pipeline_id: Required[UUID | str]
    stage_id: NotRequired[UUID | str | None]
    product_id: NotRequired[UUID | str | None]
    amount_minor: NotRequired[int]
    currency: Required[str]
    expected_close_date: NotRequired[date | str | None]
    account_id: NotRequired[UUID | str | None]
    contact_id: NotRequired[UUID | str | None]
    owner_id: NotRequired[UUID | str | None]
    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]
    history: NotRequired[Sequence[StageEntry]]


class OpportunityFacts(TypedDict, total=False):
    """What is known of an opportunity from its first day."""

    name: Required[str]
    pipeline_id: Required[UUID | str]
    stage_id: NotRequired[UUID | str | None]
    product_id: NotRequired[UUID | str | None]
    amount_minor: NotRequired[int]
    currency: Required[str]
    expected_close_date: NotRequired[date | str | None]


class OpportunityUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. A new `owner_id` needs opportunity:assign."""

    name: NotRequired[str]
    account_id: NotRequired[UUID | str | None]
    contact_id: NotRequired[UUID | str | None]
    product_id: NotRequired[UUID | str | None]
    amount_minor: NotRequired[int]
    currency: NotRequired[str]
    expected_close_date: NotRequired[date | str | None]
    owner_id: NotRequired[UUID | str]


class OwnDayIn(TypedDict, total=False):
    """A day that is otherwise than its weekday or a public holiday: without hours it is off."""

    day: Required[date | str]
    name: NotRequired[str | None]
    hours: NotRequired[Sequence[OpeningIn]]


class ParkedKey(TypedDict, total=False):
    """A key whose events wait: for an arrival, or for an operator."""

    group: Required[str]
    topic: Required[str]
    key: Required[str]


class PasswordChange(TypedDict, total=False):
    """Your own new password, and the present one as proof; it ends all your sessions."""

    current_password: Required[str]
    password: Required[str]


class PasswordResetAsk(TypedDict, total=False):
    """Whose password is to be set anew; the answer is the same whether there is such a user or not."""

    email: Required[str]


class PasswordResetConfirm(TypedDict, total=False):
    """What stands in the link of the newest mail, a reset's or an invitation's, and the new password."""

    token: Required[str]
    password: Required[str]


class Picked(TypedDict, total=False):
    """Contacts to put into a static segment, or to take out of it."""

    contact_ids: Required[Sequence[UUID | str]]


class PipelineCreate(TypedDict, total=False):
    """A new pipeline: open stages in order, then won and lost."""

    name: Required[str]
    stages: Required[Sequence[StageIn]]
    external_id: NotRequired[ExternalRef | None]


class PipelineUpdate(TypedDict, total=False):
    """What changes; stages are given as a whole."""

    name: NotRequired[str]
    stages: NotRequired[Sequence[StageChange]]


class ProductCreate(TypedDict, total=False):
    """A new product."""

    name: Required[str]
    code: NotRequired[str | None]
    series: NotRequired[str | None]
    price_minor: Required[int]
    currency: Required[str]
    is_active: NotRequired[bool]
    external_id: NotRequired[ExternalRef | None]


class ProductUpdate(TypedDict, total=False):
    """What changes; what is not sent stays."""

    name: NotRequired[str]
    code: NotRequired[str | None]
    series: NotRequired[str | None]
    price_minor: NotRequired[int]
    currency: NotRequired[str]
    is_active: NotRequired[bool]


class QueueCreate(TypedDict, total=False):
    """A new queue."""

    name: Required[str]
    assignment: NotRequired[Assignment]
    member_ids: NotRequired[Sequence[UUID | str]]
    external_id: NotRequired[ExternalRef | None]


class QueueUpdate(TypedDict, total=False):
    """What changes; members are given as a whole."""

    name: NotRequired[str]
    assignment: NotRequired[Assignment]
    member_ids: NotRequired[Sequence[UUID | str]]


Redeliver = TypedDict(
    "Redeliver",
    {
        "delivery_id": "NotRequired[UUID | str | None]",
        "from": "NotRequired[datetime | str | None]",
        "to": "NotRequired[datetime | str | None]",
        "since": "NotRequired[str | None]",
        "statuses": "NotRequired[Sequence[Literal['delivered', 'dead', 'held', 'withheld']] | None]",
    },
    total=False,
)
"""One delivery, a range of time, what is behind a cursor, or what meets several of these."""


class Refresh(TypedDict, total=False):
    """The newest refresh token of a session."""

    refresh_token: Required[str]


class RoleCreate(TypedDict, total=False):
    """A new role."""

    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]
    name: Required[str]
    permissions: Required[Mapping[str, Any]]
    fields: NotRequired[Mapping[str, Level]]


class RoleUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. `permissions` and `fields` replace all of them."""

    name: NotRequired[str]
    permissions: NotRequired[Mapping[str, Any]]
    fields: NotRequired[Mapping[str, Level]]


class SecondFactorBegin(TypedDict, total=False):
    """Your password, as proof that it is you."""

    password: Required[str]


class SecondFactorConfirm(TypedDict, total=False):
    """A code of the app that has just been set up."""

    code: Required[str]


class SecondFactorProof(TypedDict, total=False):
    """Your password and a code: of your authenticator app, or a recovery code."""

    password: Required[str]
    code: Required[str]


class SegmentCreate(TypedDict, total=False):
    """A new segment; a dynamic one has a filter, a static one gets members. Without owner the caller's."""

    name: Required[str]
    description: NotRequired[str | None]
    kind: Required[CustomerSegmentsModelKind]
    filter: NotRequired[Mapping[str, Any] | None]
    owner_id: NotRequired[UUID | str | None]
    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]


class SegmentUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. A new `owner_id` needs segment:assign."""

    name: NotRequired[str]
    description: NotRequired[str | None]
    filter: NotRequired[Mapping[str, Any]]
    owner_id: NotRequired[UUID | str | None]


class ServiceAccountCreate(TypedDict, total=False):
    """A user for programs: no address, no password; `manager_id` is the person who answers for it, or you."""

    name: Required[str]
    manager_id: NotRequired[UUID | str]
    department_id: NotRequired[UUID | str | None]
    role_ids: NotRequired[Sequence[UUID | str]]
    external_id: NotRequired[ExternalRef | None]


class SignIn(TypedDict, total=False):
    """An e-mail address and a password; what does not exist is refused like what is wrong. `code` is asked of whoever turned his second factor on: of his authenticator app, or a recovery code."""

    email: Required[str]
    password: Required[str]
    code: NotRequired[str | None]


class SlaPolicyCreate(TypedDict, total=False):
    """A new policy; it holds for tickets that fit every list given, and the lowest `position` comes first."""

    name: Required[str]
    calendar_id: Required[UUID | str]
    position: NotRequired[int]
    priorities: NotRequired[Sequence[Literal["low", "medium", "high", "critical"]]]
    categories: NotRequired[Sequence[str]]
    channels: NotRequired[Sequence[str]]
    tiers: NotRequired[Sequence[str]]
    targets: Required[Sequence[TicketingTarget]]
    warn_at_percent: NotRequired[int | None]
    external_id: NotRequired[ExternalRef | None]


class SlaPolicyUpdate(TypedDict, total=False):
    """What changes; lists are given as a whole."""

    name: NotRequired[str]
    calendar_id: NotRequired[UUID | str]
    position: NotRequired[int]
    priorities: NotRequired[Sequence[Literal["low", "medium", "high", "critical"]]]
    categories: NotRequired[Sequence[str]]
    channels: NotRequired[Sequence[str]]
    tiers: NotRequired[Sequence[str]]
    targets: NotRequired[Sequence[TicketingTarget]]
    warn_at_percent: NotRequired[int | None]


class Snapshot(TypedDict, total=False):
    """The name of the static segment that keeps who is in this one now."""

    name: Required[str]
    description: NotRequired[str | None]


Some = TypedDict(
    "Some",
    {
        "or": "Required[Sequence[Tree]]",
    },
    total=False,
)
"""Holds when one of these holds."""


class StageChange(TypedDict, total=False):
    """A stage of a pipeline that is there: one that stays is named by its id."""

    name: Required[str]
    kind: Required[Literal["open", "won", "lost"]]
    probability: NotRequired[Decimal | float | str]
    id: NotRequired[UUID | str | None]


class StageEntry(TypedDict, total=False):
    """One step of a past: the stage entered, when, and what was known then."""

    stage_id: Required[UUID | str]
    occurred_at: Required[datetime | str]
    amount_minor: NotRequired[int | None]
    lost_reason: NotRequired[str | None]


class StageIn(TypedDict, total=False):
    """A stage; its id is the server's."""

    name: Required[str]
    kind: Required[Literal["open", "won", "lost"]]
    probability: NotRequired[Decimal | float | str]


class SuppressionCreate(TypedDict, total=False):
    """Who is to get no mail of a purpose, or of any: a contact, or an address, which is kept as a hash."""

    contact_id: NotRequired[UUID | str | None]
    email: NotRequired[str | None]
    reason: NotRequired[Literal["manual", "complaint", "bounce", "unsubscribe"]]
    purpose: NotRequired[str | None]


class SurveyCreate(TypedDict, total=False):
    """What a customer said to a colleague; `occurred_at` is of the past."""

    score: Required[int]
    comment: NotRequired[str | None]
    ticket_id: Required[UUID | str]
    occurred_at: NotRequired[datetime | str | None]


class TemplateCreate(TypedDict, total=False):
    """A new template; without `text` the words of `html` are sent as text too."""

    name: Required[str]
    language: NotRequired[str]
    subject: Required[str]
    html: Required[str]
    text: NotRequired[str | None]
    owner_id: NotRequired[UUID | str | None]
    external_id: NotRequired[ExternalRef | None]


class TemplateUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. A new `owner_id` needs template:assign."""

    name: NotRequired[str]
    language: NotRequired[str]
    subject: NotRequired[str]
    html: NotRequired[str]
    text: NotRequired[str | None]
    owner_id: NotRequired[UUID | str]


class TicketCreate(TypedDict, total=False):
    """A request for help; without queue and owner it is the caller's, in a queue its rule says whose."""

    subject: Required[str]
    description: NotRequired[str | None]
    channel: Required[str]
    category: NotRequired[str | None]
    tier: NotRequired[str | None]
    priority: NotRequired[Literal["low", "medium", "high", "critical"]]
    account_id: NotRequired[UUID | str | None]
    contact_id: NotRequired[UUID | str | None]
    queue_id: NotRequired[UUID | str | None]
    owner_id: NotRequired[UUID | str | None]
    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]
    history: NotRequired[History | None]


class TicketMessageCreate(TypedDict, total=False):
    """A reply to the customer, a note among us, or (inbound) what he said; `occurred_at` is of the past."""

    kind: NotRequired[Kind]
    body: Required[str]
    occurred_at: NotRequired[datetime | str | None]


class TicketUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. Another priority sets the targets anew."""

    subject: NotRequired[str]
    description: NotRequired[str | None]
    channel: NotRequired[str]
    category: NotRequired[str | None]
    tier: NotRequired[str | None]
    priority: NotRequired[Literal["low", "medium", "high", "critical"]]
    account_id: NotRequired[UUID | str | None]
    contact_id: NotRequired[UUID | str | None]


class TicketingTarget(TypedDict, total=False):
    """How soon tickets of one priority, or of `any` other, are to be answered and solved."""

    priority: Required[Literal["low", "medium", "high", "critical", "any"]]
    first_response_minutes: NotRequired[int | None]
    resolution_minutes: NotRequired[int | None]


type Tree = "Condition | Every | Some | Not"


class UserCreate(TypedDict, total=False):
    """A new user; without a password he cannot sign in yet. Roles need role:assign. `invite` has a link mailed to him by which he sets his own."""

    email: Required[str]
    name: Required[str]
    password: NotRequired[str | None]
    invite: NotRequired[bool]
    department_id: NotRequired[UUID | str | None]
    manager_id: NotRequired[UUID | str | None]
    role_ids: NotRequired[Sequence[UUID | str]]
    locale: NotRequired[Literal["en", "zh"]]
    time_zone: NotRequired[str]
    external_id: NotRequired[ExternalRef | None]
    occurred_at: NotRequired[datetime | str | None]


class UserUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. Roles need role:assign; a new password ends all sessions."""

    email: NotRequired[str]
    name: NotRequired[str]
    password: NotRequired[str]
    department_id: NotRequired[UUID | str | None]
    manager_id: NotRequired[UUID | str | None]
    role_ids: NotRequired[Sequence[UUID | str]]
    locale: NotRequired[Literal["en", "zh"]]
    time_zone: NotRequired[str]


class Wait(TypedDict, total=False):
    """For whom we wait."""

    occurred_at: NotRequired[datetime | str | None]
    status: NotRequired[Literal["waiting-for-customer", "waiting-for-others"]]


class WebhookCreate(TypedDict, total=False):
    """A new webhook; the answer shows its secret, this once."""

    name: NotRequired[str]
    url: Required[str]
    types: Required[Sequence[str]]
    filter: NotRequired[Tree | None]
    description: NotRequired[str | None]
    is_active: NotRequired[bool]
    owner_id: NotRequired[UUID | str | None]
    external_id: NotRequired[ExternalRef | None]


class WebhookUpdate(TypedDict, total=False):
    """What changes; what is not sent stays. A new `owner_id` needs webhook:assign."""

    name: NotRequired[str]
    url: NotRequired[str]
    types: NotRequired[Sequence[str]]
    filter: NotRequired[Tree | None]
    description: NotRequired[str | None]
    owner_id: NotRequired[UUID | str]


class When(TypedDict, total=False):
    """When it happened; another instant than now needs history:write."""

    occurred_at: NotRequired[datetime | str | None]


class Win(TypedDict, total=False):
    """Close as won."""

    amount_minor: NotRequired[int | None]
    occurred_at: NotRequired[datetime | str | None]


class AccountsListQuery(TypedDict, total=False):
    """What GET /api/v1/accounts can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "industry",
                "size",
                "website",
                "phone",
                "country",
                "address",
                "parent_id",
                "level",
                "source",
                "annual_revenue_minor",
                "currency",
                "employees",
                "founded_year",
                "owner_id",
                "merged_into_id",
                "possible_duplicate_of_id",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    industry: NotRequired[str]
    industry__in: NotRequired[Sequence[str]]
    industry__gt: NotRequired[str]
    industry__gte: NotRequired[str]
    industry__lt: NotRequired[str]
    industry__lte: NotRequired[str]
    industry__null: NotRequired[bool]
    size: NotRequired[str]
    size__in: NotRequired[Sequence[str]]
    size__gt: NotRequired[str]
    size__gte: NotRequired[str]
    size__lt: NotRequired[str]
    size__lte: NotRequired[str]
    size__null: NotRequired[bool]
    country: NotRequired[str]
    country__in: NotRequired[Sequence[str]]
    country__gt: NotRequired[str]
    country__gte: NotRequired[str]
    country__lt: NotRequired[str]
    country__lte: NotRequired[str]
    country__null: NotRequired[bool]
    level: NotRequired[str]
    level__in: NotRequired[Sequence[str]]
    level__gt: NotRequired[str]
    level__gte: NotRequired[str]
    level__lt: NotRequired[str]
    level__lte: NotRequired[str]
    level__null: NotRequired[bool]
    source: NotRequired[str]
    source__in: NotRequired[Sequence[str]]
    source__gt: NotRequired[str]
    source__gte: NotRequired[str]
    source__lt: NotRequired[str]
    source__lte: NotRequired[str]
    source__null: NotRequired[bool]
    parent_id: NotRequired[UUID | str]
    parent_id__in: NotRequired[Sequence[UUID | str]]
    parent_id__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    annual_revenue_minor: NotRequired[int]
    annual_revenue_minor__in: NotRequired[Sequence[int]]
    annual_revenue_minor__gt: NotRequired[int]
    annual_revenue_minor__gte: NotRequired[int]
    annual_revenue_minor__lt: NotRequired[int]
    annual_revenue_minor__lte: NotRequired[int]
    annual_revenue_minor__null: NotRequired[bool]
    employees: NotRequired[int]
    employees__in: NotRequired[Sequence[int]]
    employees__gt: NotRequired[int]
    employees__gte: NotRequired[int]
    employees__lt: NotRequired[int]
    employees__lte: NotRequired[int]
    employees__null: NotRequired[bool]
    founded_year: NotRequired[int]
    founded_year__in: NotRequired[Sequence[int]]
    founded_year__gt: NotRequired[int]
    founded_year__gte: NotRequired[int]
    founded_year__lt: NotRequired[int]
    founded_year__lte: NotRequired[int]
    founded_year__null: NotRequired[bool]
    merged_into_id: NotRequired[UUID | str]
    merged_into_id__in: NotRequired[Sequence[UUID | str]]
    merged_into_id__gt: NotRequired[UUID | str]
    merged_into_id__gte: NotRequired[UUID | str]
    merged_into_id__lt: NotRequired[UUID | str]
    merged_into_id__lte: NotRequired[UUID | str]
    merged_into_id__null: NotRequired[bool]
    possible_duplicate_of_id: NotRequired[UUID | str]
    possible_duplicate_of_id__in: NotRequired[Sequence[UUID | str]]
    possible_duplicate_of_id__gt: NotRequired[UUID | str]
    possible_duplicate_of_id__gte: NotRequired[UUID | str]
    possible_duplicate_of_id__lt: NotRequired[UUID | str]
    possible_duplicate_of_id__lte: NotRequired[UUID | str]
    possible_duplicate_of_id__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class ActivitiesListQuery(TypedDict, total=False):
    """What GET /api/v1/activities can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "kind",
                "subject",
                "body",
                "outcome",
                "account_id",
                "contact_id",
                "due_at",
                "done_at",
                "owner_id",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
                "erased_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    kind: NotRequired[str]
    kind__in: NotRequired[Sequence[str]]
    kind__gt: NotRequired[str]
    kind__gte: NotRequired[str]
    kind__lt: NotRequired[str]
    kind__lte: NotRequired[str]
    kind__null: NotRequired[bool]
    subject: NotRequired[str]
    subject__in: NotRequired[Sequence[str]]
    subject__gt: NotRequired[str]
    subject__gte: NotRequired[str]
    subject__lt: NotRequired[str]
    subject__lte: NotRequired[str]
    subject__prefix: NotRequired[str]
    subject__contains: NotRequired[str]
    subject__null: NotRequired[bool]
    account_id: NotRequired[UUID | str]
    account_id__in: NotRequired[Sequence[UUID | str]]
    account_id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__null: NotRequired[bool]
    due_at: NotRequired[datetime | str]
    due_at__in: NotRequired[Sequence[datetime | str]]
    due_at__gt: NotRequired[datetime | str]
    due_at__gte: NotRequired[datetime | str]
    due_at__lt: NotRequired[datetime | str]
    due_at__lte: NotRequired[datetime | str]
    due_at__null: NotRequired[bool]
    done_at: NotRequired[datetime | str]
    done_at__in: NotRequired[Sequence[datetime | str]]
    done_at__gt: NotRequired[datetime | str]
    done_at__gte: NotRequired[datetime | str]
    done_at__lt: NotRequired[datetime | str]
    done_at__lte: NotRequired[datetime | str]
    done_at__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]
    erased_at: NotRequired[datetime | str]
    erased_at__in: NotRequired[Sequence[datetime | str]]
    erased_at__gt: NotRequired[datetime | str]
    erased_at__gte: NotRequired[datetime | str]
    erased_at__lt: NotRequired[datetime | str]
    erased_at__lte: NotRequired[datetime | str]
    erased_at__null: NotRequired[bool]


class ApiKeysListQuery(TypedDict, total=False):
    """What GET /api/v1/api-keys can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "user_id",
                "name",
                "prefix",
                "scopes",
                "requests_per_minute",
                "expires_at",
                "replaces_id",
                "last_used_at",
                "last_used_address",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    user_id: NotRequired[UUID | str]
    user_id__in: NotRequired[Sequence[UUID | str]]
    user_id__gt: NotRequired[UUID | str]
    user_id__gte: NotRequired[UUID | str]
    user_id__lt: NotRequired[UUID | str]
    user_id__lte: NotRequired[UUID | str]
    user_id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    prefix: NotRequired[str]
    prefix__in: NotRequired[Sequence[str]]
    prefix__gt: NotRequired[str]
    prefix__gte: NotRequired[str]
    prefix__lt: NotRequired[str]
    prefix__lte: NotRequired[str]
    prefix__null: NotRequired[bool]
    replaces_id: NotRequired[UUID | str]
    replaces_id__in: NotRequired[Sequence[UUID | str]]
    replaces_id__gt: NotRequired[UUID | str]
    replaces_id__gte: NotRequired[UUID | str]
    replaces_id__lt: NotRequired[UUID | str]
    replaces_id__lte: NotRequired[UUID | str]
    replaces_id__null: NotRequired[bool]
    expires_at: NotRequired[datetime | str]
    expires_at__in: NotRequired[Sequence[datetime | str]]
    expires_at__gt: NotRequired[datetime | str]
    expires_at__gte: NotRequired[datetime | str]
    expires_at__lt: NotRequired[datetime | str]
    expires_at__lte: NotRequired[datetime | str]
    expires_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class AuditAnalyticsQuery(TypedDict, total=False):
    """What GET /api/v1/audit/analytics can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditAnalyticsExportQuery(TypedDict, total=False):
    """What GET /api/v1/audit/analytics/export can be asked."""

    format: NotRequired[Format]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditAuthQuery(TypedDict, total=False):
    """What GET /api/v1/audit/auth can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditAuthExportQuery(TypedDict, total=False):
    """What GET /api/v1/audit/auth/export can be asked."""

    format: NotRequired[Format]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditCustomerQuery(TypedDict, total=False):
    """What GET /api/v1/audit/customer can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditCustomerExportQuery(TypedDict, total=False):
    """What GET /api/v1/audit/customer/export can be asked."""

    format: NotRequired[Format]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditIntegrationQuery(TypedDict, total=False):
    """What GET /api/v1/audit/integration can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditIntegrationExportQuery(TypedDict, total=False):
    """What GET /api/v1/audit/integration/export can be asked."""

    format: NotRequired[Format]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditMarketingQuery(TypedDict, total=False):
    """What GET /api/v1/audit/marketing can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditMarketingExportQuery(TypedDict, total=False):
    """What GET /api/v1/audit/marketing/export can be asked."""

    format: NotRequired[Format]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditSalesQuery(TypedDict, total=False):
    """What GET /api/v1/audit/sales can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditSalesExportQuery(TypedDict, total=False):
    """What GET /api/v1/audit/sales/export can be asked."""

    format: NotRequired[Format]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditTicketingQuery(TypedDict, total=False):
    """What GET /api/v1/audit/ticketing can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class AuditTicketingExportQuery(TypedDict, total=False):
    """What GET /api/v1/audit/ticketing/export can be asked."""

    format: NotRequired[Format]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "at",
                "actor",
                "action",
                "object_type",
                "object_id",
                "version",
                "changes",
                "correlation_id",
                "address",
            ]
        ]
    ]
    id: NotRequired[int]
    id__in: NotRequired[Sequence[int]]
    id__gt: NotRequired[int]
    id__gte: NotRequired[int]
    id__lt: NotRequired[int]
    id__lte: NotRequired[int]
    id__null: NotRequired[bool]
    at: NotRequired[datetime | str]
    at__in: NotRequired[Sequence[datetime | str]]
    at__gt: NotRequired[datetime | str]
    at__gte: NotRequired[datetime | str]
    at__lt: NotRequired[datetime | str]
    at__lte: NotRequired[datetime | str]
    at__null: NotRequired[bool]
    actor: NotRequired[str]
    actor__in: NotRequired[Sequence[str]]
    actor__gt: NotRequired[str]
    actor__gte: NotRequired[str]
    actor__lt: NotRequired[str]
    actor__lte: NotRequired[str]
    actor__null: NotRequired[bool]
    action: NotRequired[str]
    action__in: NotRequired[Sequence[str]]
    action__gt: NotRequired[str]
    action__gte: NotRequired[str]
    action__lt: NotRequired[str]
    action__lte: NotRequired[str]
    action__null: NotRequired[bool]
    object_type: NotRequired[str]
    object_type__in: NotRequired[Sequence[str]]
    object_type__gt: NotRequired[str]
    object_type__gte: NotRequired[str]
    object_type__lt: NotRequired[str]
    object_type__lte: NotRequired[str]
    object_type__null: NotRequired[bool]
    object_id: NotRequired[str]
    object_id__in: NotRequired[Sequence[str]]
    object_id__gt: NotRequired[str]
    object_id__gte: NotRequired[str]
    object_id__lt: NotRequired[str]
    object_id__lte: NotRequired[str]
    object_id__null: NotRequired[bool]
    correlation_id: NotRequired[str]
    correlation_id__in: NotRequired[Sequence[str]]
    correlation_id__gt: NotRequired[str]
    correlation_id__gte: NotRequired[str]
    correlation_id__lt: NotRequired[str]
    correlation_id__lte: NotRequired[str]
    correlation_id__null: NotRequired[bool]
    address: NotRequired[str]
    address__in: NotRequired[Sequence[str]]
    address__gt: NotRequired[str]
    address__gte: NotRequired[str]
    address__lt: NotRequired[str]
    address__lte: NotRequired[str]
    address__null: NotRequired[bool]


class CalendarsListQuery(TypedDict, total=False):
    """What GET /api/v1/calendars can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "time_zone",
                "hours",
                "holiday_country",
                "holiday_subdivision",
                "own_days",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    time_zone: NotRequired[str]
    time_zone__in: NotRequired[Sequence[str]]
    time_zone__gt: NotRequired[str]
    time_zone__gte: NotRequired[str]
    time_zone__lt: NotRequired[str]
    time_zone__lte: NotRequired[str]
    time_zone__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class CampaignsListQuery(TypedDict, total=False):
    """What GET /api/v1/campaigns can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "template_id",
                "segment_id",
                "segment_name",
                "purpose",
                "channel",
                "from_name",
                "reply_to",
                "throttle_per_second",
                "scheduled_at",
                "status",
                "launched_at",
                "finished_at",
                "owner_id",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
                "counts",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    template_id: NotRequired[UUID | str]
    template_id__in: NotRequired[Sequence[UUID | str]]
    template_id__gt: NotRequired[UUID | str]
    template_id__gte: NotRequired[UUID | str]
    template_id__lt: NotRequired[UUID | str]
    template_id__lte: NotRequired[UUID | str]
    template_id__null: NotRequired[bool]
    segment_id: NotRequired[UUID | str]
    segment_id__in: NotRequired[Sequence[UUID | str]]
    segment_id__gt: NotRequired[UUID | str]
    segment_id__gte: NotRequired[UUID | str]
    segment_id__lt: NotRequired[UUID | str]
    segment_id__lte: NotRequired[UUID | str]
    segment_id__null: NotRequired[bool]
    purpose: NotRequired[str]
    purpose__in: NotRequired[Sequence[str]]
    purpose__gt: NotRequired[str]
    purpose__gte: NotRequired[str]
    purpose__lt: NotRequired[str]
    purpose__lte: NotRequired[str]
    purpose__null: NotRequired[bool]
    status: NotRequired[str]
    status__in: NotRequired[Sequence[str]]
    status__gt: NotRequired[str]
    status__gte: NotRequired[str]
    status__lt: NotRequired[str]
    status__lte: NotRequired[str]
    status__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    scheduled_at: NotRequired[datetime | str]
    scheduled_at__in: NotRequired[Sequence[datetime | str]]
    scheduled_at__gt: NotRequired[datetime | str]
    scheduled_at__gte: NotRequired[datetime | str]
    scheduled_at__lt: NotRequired[datetime | str]
    scheduled_at__lte: NotRequired[datetime | str]
    scheduled_at__null: NotRequired[bool]
    launched_at: NotRequired[datetime | str]
    launched_at__in: NotRequired[Sequence[datetime | str]]
    launched_at__gt: NotRequired[datetime | str]
    launched_at__gte: NotRequired[datetime | str]
    launched_at__lt: NotRequired[datetime | str]
    launched_at__lte: NotRequired[datetime | str]
    launched_at__null: NotRequired[bool]
    finished_at: NotRequired[datetime | str]
    finished_at__in: NotRequired[Sequence[datetime | str]]
    finished_at__gt: NotRequired[datetime | str]
    finished_at__gte: NotRequired[datetime | str]
    finished_at__lt: NotRequired[datetime | str]
    finished_at__lte: NotRequired[datetime | str]
    finished_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]


class CampaignsMembersQuery(TypedDict, total=False):
    """What GET /api/v1/campaigns/{identity}/members can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "campaign_id",
                "contact_id",
                "status",
                "reason",
                "message_id",
                "requested_at",
                "sent_at",
                "failed_at",
                "suppressed_at",
                "opened_at",
                "machine_opened_at",
                "clicked_at",
                "machine_clicked_at",
                "unsubscribed_at",
                "opens",
                "clicks",
                "created_at",
                "updated_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__gt: NotRequired[UUID | str]
    contact_id__gte: NotRequired[UUID | str]
    contact_id__lt: NotRequired[UUID | str]
    contact_id__lte: NotRequired[UUID | str]
    contact_id__null: NotRequired[bool]
    status: NotRequired[str]
    status__in: NotRequired[Sequence[str]]
    status__gt: NotRequired[str]
    status__gte: NotRequired[str]
    status__lt: NotRequired[str]
    status__lte: NotRequired[str]
    status__null: NotRequired[bool]
    reason: NotRequired[str]
    reason__in: NotRequired[Sequence[str]]
    reason__gt: NotRequired[str]
    reason__gte: NotRequired[str]
    reason__lt: NotRequired[str]
    reason__lte: NotRequired[str]
    reason__null: NotRequired[bool]
    requested_at: NotRequired[datetime | str]
    requested_at__in: NotRequired[Sequence[datetime | str]]
    requested_at__gt: NotRequired[datetime | str]
    requested_at__gte: NotRequired[datetime | str]
    requested_at__lt: NotRequired[datetime | str]
    requested_at__lte: NotRequired[datetime | str]
    requested_at__null: NotRequired[bool]
    sent_at: NotRequired[datetime | str]
    sent_at__in: NotRequired[Sequence[datetime | str]]
    sent_at__gt: NotRequired[datetime | str]
    sent_at__gte: NotRequired[datetime | str]
    sent_at__lt: NotRequired[datetime | str]
    sent_at__lte: NotRequired[datetime | str]
    sent_at__null: NotRequired[bool]
    failed_at: NotRequired[datetime | str]
    failed_at__in: NotRequired[Sequence[datetime | str]]
    failed_at__gt: NotRequired[datetime | str]
    failed_at__gte: NotRequired[datetime | str]
    failed_at__lt: NotRequired[datetime | str]
    failed_at__lte: NotRequired[datetime | str]
    failed_at__null: NotRequired[bool]
    suppressed_at: NotRequired[datetime | str]
    suppressed_at__in: NotRequired[Sequence[datetime | str]]
    suppressed_at__gt: NotRequired[datetime | str]
    suppressed_at__gte: NotRequired[datetime | str]
    suppressed_at__lt: NotRequired[datetime | str]
    suppressed_at__lte: NotRequired[datetime | str]
    suppressed_at__null: NotRequired[bool]
    opened_at: NotRequired[datetime | str]
    opened_at__in: NotRequired[Sequence[datetime | str]]
    opened_at__gt: NotRequired[datetime | str]
    opened_at__gte: NotRequired[datetime | str]
    opened_at__lt: NotRequired[datetime | str]
    opened_at__lte: NotRequired[datetime | str]
    opened_at__null: NotRequired[bool]
    clicked_at: NotRequired[datetime | str]
    clicked_at__in: NotRequired[Sequence[datetime | str]]
    clicked_at__gt: NotRequired[datetime | str]
    clicked_at__gte: NotRequired[datetime | str]
    clicked_at__lt: NotRequired[datetime | str]
    clicked_at__lte: NotRequired[datetime | str]
    clicked_at__null: NotRequired[bool]
    unsubscribed_at: NotRequired[datetime | str]
    unsubscribed_at__in: NotRequired[Sequence[datetime | str]]
    unsubscribed_at__gt: NotRequired[datetime | str]
    unsubscribed_at__gte: NotRequired[datetime | str]
    unsubscribed_at__lt: NotRequired[datetime | str]
    unsubscribed_at__lte: NotRequired[datetime | str]
    unsubscribed_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]


class ConsentsListQuery(TypedDict, total=False):
    """What GET /api/v1/consents can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "contact_id",
                "purpose",
                "channel",
                "status",
                "wording_version",
                "source",
                "proof",
                "reason",
                "given_at",
                "withdrawn_at",
                "created_at",
                "updated_at",
                "deleted_at",
                "erased_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__null: NotRequired[bool]
    purpose: NotRequired[str]
    purpose__in: NotRequired[Sequence[str]]
    purpose__gt: NotRequired[str]
    purpose__gte: NotRequired[str]
    purpose__lt: NotRequired[str]
    purpose__lte: NotRequired[str]
    purpose__null: NotRequired[bool]
    channel: NotRequired[str]
    channel__in: NotRequired[Sequence[str]]
    channel__gt: NotRequired[str]
    channel__gte: NotRequired[str]
    channel__lt: NotRequired[str]
    channel__lte: NotRequired[str]
    channel__null: NotRequired[bool]
    status: NotRequired[str]
    status__in: NotRequired[Sequence[str]]
    status__gt: NotRequired[str]
    status__gte: NotRequired[str]
    status__lt: NotRequired[str]
    status__lte: NotRequired[str]
    status__null: NotRequired[bool]
    wording_version: NotRequired[str]
    wording_version__in: NotRequired[Sequence[str]]
    wording_version__gt: NotRequired[str]
    wording_version__gte: NotRequired[str]
    wording_version__lt: NotRequired[str]
    wording_version__lte: NotRequired[str]
    wording_version__null: NotRequired[bool]
    source: NotRequired[str]
    source__in: NotRequired[Sequence[str]]
    source__gt: NotRequired[str]
    source__gte: NotRequired[str]
    source__lt: NotRequired[str]
    source__lte: NotRequired[str]
    source__null: NotRequired[bool]
    given_at: NotRequired[datetime | str]
    given_at__in: NotRequired[Sequence[datetime | str]]
    given_at__gt: NotRequired[datetime | str]
    given_at__gte: NotRequired[datetime | str]
    given_at__lt: NotRequired[datetime | str]
    given_at__lte: NotRequired[datetime | str]
    given_at__null: NotRequired[bool]
    withdrawn_at: NotRequired[datetime | str]
    withdrawn_at__in: NotRequired[Sequence[datetime | str]]
    withdrawn_at__gt: NotRequired[datetime | str]
    withdrawn_at__gte: NotRequired[datetime | str]
    withdrawn_at__lt: NotRequired[datetime | str]
    withdrawn_at__lte: NotRequired[datetime | str]
    withdrawn_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    erased_at: NotRequired[datetime | str]
    erased_at__in: NotRequired[Sequence[datetime | str]]
    erased_at__gt: NotRequired[datetime | str]
    erased_at__gte: NotRequired[datetime | str]
    erased_at__lt: NotRequired[datetime | str]
    erased_at__lte: NotRequired[datetime | str]
    erased_at__null: NotRequired[bool]


class ContactsListQuery(TypedDict, total=False):
    """What GET /api/v1/contacts can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "family_name",
                "given_name",
                "email",
                "title",
                "language",
                "owner_id",
                "merged_into_id",
                "possible_duplicate_of_id",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
                "erased_at",
                "phone",
                "account_id",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    account_id: NotRequired[UUID | str]
    account_id__in: NotRequired[Sequence[UUID | str]]
    account_id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__null: NotRequired[bool]
    family_name: NotRequired[str]
    family_name__in: NotRequired[Sequence[str]]
    family_name__gt: NotRequired[str]
    family_name__gte: NotRequired[str]
    family_name__lt: NotRequired[str]
    family_name__lte: NotRequired[str]
    family_name__prefix: NotRequired[str]
    family_name__contains: NotRequired[str]
    family_name__null: NotRequired[bool]
    given_name: NotRequired[str]
    given_name__in: NotRequired[Sequence[str]]
    given_name__gt: NotRequired[str]
    given_name__gte: NotRequired[str]
    given_name__lt: NotRequired[str]
    given_name__lte: NotRequired[str]
    given_name__prefix: NotRequired[str]
    given_name__contains: NotRequired[str]
    given_name__null: NotRequired[bool]
    email: NotRequired[str]
    email__in: NotRequired[Sequence[str]]
    email__null: NotRequired[bool]
    phone: NotRequired[str]
    phone__in: NotRequired[Sequence[str]]
    phone__null: NotRequired[bool]
    phone_last4: NotRequired[str]
    phone_last4__in: NotRequired[Sequence[str]]
    phone_last4__null: NotRequired[bool]
    title: NotRequired[str]
    title__in: NotRequired[Sequence[str]]
    title__gt: NotRequired[str]
    title__gte: NotRequired[str]
    title__lt: NotRequired[str]
    title__lte: NotRequired[str]
    title__prefix: NotRequired[str]
    title__contains: NotRequired[str]
    title__null: NotRequired[bool]
    language: NotRequired[str]
    language__in: NotRequired[Sequence[str]]
    language__gt: NotRequired[str]
    language__gte: NotRequired[str]
    language__lt: NotRequired[str]
    language__lte: NotRequired[str]
    language__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    merged_into_id: NotRequired[UUID | str]
    merged_into_id__in: NotRequired[Sequence[UUID | str]]
    merged_into_id__gt: NotRequired[UUID | str]
    merged_into_id__gte: NotRequired[UUID | str]
    merged_into_id__lt: NotRequired[UUID | str]
    merged_into_id__lte: NotRequired[UUID | str]
    merged_into_id__null: NotRequired[bool]
    possible_duplicate_of_id: NotRequired[UUID | str]
    possible_duplicate_of_id__in: NotRequired[Sequence[UUID | str]]
    possible_duplicate_of_id__gt: NotRequired[UUID | str]
    possible_duplicate_of_id__gte: NotRequired[UUID | str]
    possible_duplicate_of_id__lt: NotRequired[UUID | str]
    possible_duplicate_of_id__lte: NotRequired[UUID | str]
    possible_duplicate_of_id__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]
    erased_at: NotRequired[datetime | str]
    erased_at__in: NotRequired[Sequence[datetime | str]]
    erased_at__gt: NotRequired[datetime | str]
    erased_at__gte: NotRequired[datetime | str]
    erased_at__lt: NotRequired[datetime | str]
    erased_at__lte: NotRequired[datetime | str]
    erased_at__null: NotRequired[bool]


class ContactsConsentsQuery(TypedDict, total=False):
    """What GET /api/v1/contacts/{identity}/consents can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "consent_id",
                "contact_id",
                "purpose",
                "channel",
                "kind",
                "wording_version",
                "source",
                "proof",
                "reason",
                "actor",
                "occurred_at",
                "recorded_at",
            ]
        ]
    ]
    purpose: NotRequired[str]
    purpose__in: NotRequired[Sequence[str]]
    purpose__gt: NotRequired[str]
    purpose__gte: NotRequired[str]
    purpose__lt: NotRequired[str]
    purpose__lte: NotRequired[str]
    purpose__null: NotRequired[bool]
    channel: NotRequired[str]
    channel__in: NotRequired[Sequence[str]]
    channel__gt: NotRequired[str]
    channel__gte: NotRequired[str]
    channel__lt: NotRequired[str]
    channel__lte: NotRequired[str]
    channel__null: NotRequired[bool]
    kind: NotRequired[str]
    kind__in: NotRequired[Sequence[str]]
    kind__gt: NotRequired[str]
    kind__gte: NotRequired[str]
    kind__lt: NotRequired[str]
    kind__lte: NotRequired[str]
    kind__null: NotRequired[bool]
    occurred_at: NotRequired[datetime | str]
    occurred_at__in: NotRequired[Sequence[datetime | str]]
    occurred_at__gt: NotRequired[datetime | str]
    occurred_at__gte: NotRequired[datetime | str]
    occurred_at__lt: NotRequired[datetime | str]
    occurred_at__lte: NotRequired[datetime | str]
    occurred_at__null: NotRequired[bool]
    recorded_at: NotRequired[datetime | str]
    recorded_at__in: NotRequired[Sequence[datetime | str]]
    recorded_at__gt: NotRequired[datetime | str]
    recorded_at__gte: NotRequired[datetime | str]
    recorded_at__lt: NotRequired[datetime | str]
    recorded_at__lte: NotRequired[datetime | str]
    recorded_at__null: NotRequired[bool]


class ContactsRevealQuery(TypedDict, total=False):
    """What POST /api/v1/contacts/{identity}/reveal can be asked."""

    field: NotRequired[str]


class DepartmentsListQuery(TypedDict, total=False):
    """What GET /api/v1/departments can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "parent_id",
                "head_id",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    parent_id: NotRequired[UUID | str]
    parent_id__in: NotRequired[Sequence[UUID | str]]
    parent_id__gt: NotRequired[UUID | str]
    parent_id__gte: NotRequired[UUID | str]
    parent_id__lt: NotRequired[UUID | str]
    parent_id__lte: NotRequired[UUID | str]
    parent_id__null: NotRequired[bool]
    head_id: NotRequired[UUID | str]
    head_id__in: NotRequired[Sequence[UUID | str]]
    head_id__gt: NotRequired[UUID | str]
    head_id__gte: NotRequired[UUID | str]
    head_id__lt: NotRequired[UUID | str]
    head_id__lte: NotRequired[UUID | str]
    head_id__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class EventsListQuery(TypedDict, total=False):
    """What GET /api/v1/events can be asked."""

    cursor: NotRequired[str | None]
    types: NotRequired[str | None]
    limit: NotRequired[int]


class ImportsListQuery(TypedDict, total=False):
    """What GET /api/v1/imports can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "owner_id",
                "object",
                "format",
                "size_bytes",
                "status",
                "reason",
                "mapping",
                "sheet",
                "match_by",
                "on_match",
                "external_system",
                "missing_account",
                "default_owner_id",
                "total",
                "rows",
                "created",
                "updated",
                "unchanged",
                "skipped",
                "failed",
                "created_at",
                "updated_at",
                "started_at",
                "finished_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    object: NotRequired[str]
    object__in: NotRequired[Sequence[str]]
    object__gt: NotRequired[str]
    object__gte: NotRequired[str]
    object__lt: NotRequired[str]
    object__lte: NotRequired[str]
    object__null: NotRequired[bool]
    format: NotRequired[str]
    format__in: NotRequired[Sequence[str]]
    format__gt: NotRequired[str]
    format__gte: NotRequired[str]
    format__lt: NotRequired[str]
    format__lte: NotRequired[str]
    format__null: NotRequired[bool]
    status: NotRequired[str]
    status__in: NotRequired[Sequence[str]]
    status__gt: NotRequired[str]
    status__gte: NotRequired[str]
    status__lt: NotRequired[str]
    status__lte: NotRequired[str]
    status__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    finished_at: NotRequired[datetime | str]
    finished_at__in: NotRequired[Sequence[datetime | str]]
    finished_at__gt: NotRequired[datetime | str]
    finished_at__gte: NotRequired[datetime | str]
    finished_at__lt: NotRequired[datetime | str]
    finished_at__lte: NotRequired[datetime | str]
    finished_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class ImportsCreateQuery(TypedDict, total=False):
    """What POST /api/v1/imports can be asked."""

    object: NotRequired[Literal["contact", "account"]]
    filename: NotRequired[str | None]


class ImportsTemplateQuery(TypedDict, total=False):
    """What GET /api/v1/imports/template can be asked."""

    object: NotRequired[Literal["contact", "account"]]


class ImportsErrorsQuery(TypedDict, total=False):
    """What GET /api/v1/imports/{identity}/errors can be asked."""

    after: NotRequired[int]


class LeadsListQuery(TypedDict, total=False):
    """What GET /api/v1/leads can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "family_name",
                "given_name",
                "company_name",
                "email",
                "phone",
                "title",
                "source",
                "owner_id",
                "converted_at",
                "account_id",
                "contact_id",
                "opportunity_id",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
                "erased_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    family_name: NotRequired[str]
    family_name__in: NotRequired[Sequence[str]]
    family_name__gt: NotRequired[str]
    family_name__gte: NotRequired[str]
    family_name__lt: NotRequired[str]
    family_name__lte: NotRequired[str]
    family_name__prefix: NotRequired[str]
    family_name__contains: NotRequired[str]
    family_name__null: NotRequired[bool]
    given_name: NotRequired[str]
    given_name__in: NotRequired[Sequence[str]]
    given_name__gt: NotRequired[str]
    given_name__gte: NotRequired[str]
    given_name__lt: NotRequired[str]
    given_name__lte: NotRequired[str]
    given_name__prefix: NotRequired[str]
    given_name__contains: NotRequired[str]
    given_name__null: NotRequired[bool]
    company_name: NotRequired[str]
    company_name__in: NotRequired[Sequence[str]]
    company_name__gt: NotRequired[str]
    company_name__gte: NotRequired[str]
    company_name__lt: NotRequired[str]
    company_name__lte: NotRequired[str]
    company_name__prefix: NotRequired[str]
    company_name__contains: NotRequired[str]
    company_name__null: NotRequired[bool]
    email: NotRequired[str]
    email__in: NotRequired[Sequence[str]]
    email__null: NotRequired[bool]
    phone: NotRequired[str]
    phone__in: NotRequired[Sequence[str]]
    phone__null: NotRequired[bool]
    phone_last4: NotRequired[str]
    phone_last4__in: NotRequired[Sequence[str]]
    phone_last4__null: NotRequired[bool]
    title: NotRequired[str]
    title__in: NotRequired[Sequence[str]]
    title__gt: NotRequired[str]
    title__gte: NotRequired[str]
    title__lt: NotRequired[str]
    title__lte: NotRequired[str]
    title__prefix: NotRequired[str]
    title__contains: NotRequired[str]
    title__null: NotRequired[bool]
    source: NotRequired[str]
    source__in: NotRequired[Sequence[str]]
    source__gt: NotRequired[str]
    source__gte: NotRequired[str]
    source__lt: NotRequired[str]
    source__lte: NotRequired[str]
    source__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    converted_at: NotRequired[datetime | str]
    converted_at__in: NotRequired[Sequence[datetime | str]]
    converted_at__gt: NotRequired[datetime | str]
    converted_at__gte: NotRequired[datetime | str]
    converted_at__lt: NotRequired[datetime | str]
    converted_at__lte: NotRequired[datetime | str]
    converted_at__null: NotRequired[bool]
    account_id: NotRequired[UUID | str]
    account_id__in: NotRequired[Sequence[UUID | str]]
    account_id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__null: NotRequired[bool]
    opportunity_id: NotRequired[UUID | str]
    opportunity_id__in: NotRequired[Sequence[UUID | str]]
    opportunity_id__gt: NotRequired[UUID | str]
    opportunity_id__gte: NotRequired[UUID | str]
    opportunity_id__lt: NotRequired[UUID | str]
    opportunity_id__lte: NotRequired[UUID | str]
    opportunity_id__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]
    erased_at: NotRequired[datetime | str]
    erased_at__in: NotRequired[Sequence[datetime | str]]
    erased_at__gt: NotRequired[datetime | str]
    erased_at__gte: NotRequired[datetime | str]
    erased_at__lt: NotRequired[datetime | str]
    erased_at__lte: NotRequired[datetime | str]
    erased_at__null: NotRequired[bool]


class LeadsRevealQuery(TypedDict, total=False):
    """What POST /api/v1/leads/{identity}/reveal can be asked."""

    field: NotRequired[str]


class MessagesListQuery(TypedDict, total=False):
    """What GET /api/v1/messages can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "owner_id",
                "about_type",
                "about_id",
                "contact_id",
                "channel",
                "purpose",
                "message_id",
                "status",
                "attempts",
                "reason",
                "reply_code",
                "not_after",
                "finished_at",
                "created_at",
                "updated_at",
                "deleted_at",
                "is_being_sent",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    about_type: NotRequired[str]
    about_type__in: NotRequired[Sequence[str]]
    about_type__gt: NotRequired[str]
    about_type__gte: NotRequired[str]
    about_type__lt: NotRequired[str]
    about_type__lte: NotRequired[str]
    about_type__null: NotRequired[bool]
    about_id: NotRequired[UUID | str]
    about_id__in: NotRequired[Sequence[UUID | str]]
    about_id__gt: NotRequired[UUID | str]
    about_id__gte: NotRequired[UUID | str]
    about_id__lt: NotRequired[UUID | str]
    about_id__lte: NotRequired[UUID | str]
    about_id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__gt: NotRequired[UUID | str]
    contact_id__gte: NotRequired[UUID | str]
    contact_id__lt: NotRequired[UUID | str]
    contact_id__lte: NotRequired[UUID | str]
    contact_id__null: NotRequired[bool]
    purpose: NotRequired[str]
    purpose__in: NotRequired[Sequence[str]]
    purpose__gt: NotRequired[str]
    purpose__gte: NotRequired[str]
    purpose__lt: NotRequired[str]
    purpose__lte: NotRequired[str]
    purpose__null: NotRequired[bool]
    message_id: NotRequired[str]
    message_id__in: NotRequired[Sequence[str]]
    message_id__gt: NotRequired[str]
    message_id__gte: NotRequired[str]
    message_id__lt: NotRequired[str]
    message_id__lte: NotRequired[str]
    message_id__null: NotRequired[bool]
    status: NotRequired[str]
    status__in: NotRequired[Sequence[str]]
    status__gt: NotRequired[str]
    status__gte: NotRequired[str]
    status__lt: NotRequired[str]
    status__lte: NotRequired[str]
    status__null: NotRequired[bool]
    reason: NotRequired[str]
    reason__in: NotRequired[Sequence[str]]
    reason__gt: NotRequired[str]
    reason__gte: NotRequired[str]
    reason__lt: NotRequired[str]
    reason__lte: NotRequired[str]
    reason__null: NotRequired[bool]
    reply_code: NotRequired[int]
    reply_code__in: NotRequired[Sequence[int]]
    reply_code__gt: NotRequired[int]
    reply_code__gte: NotRequired[int]
    reply_code__lt: NotRequired[int]
    reply_code__lte: NotRequired[int]
    reply_code__null: NotRequired[bool]
    finished_at: NotRequired[datetime | str]
    finished_at__in: NotRequired[Sequence[datetime | str]]
    finished_at__gt: NotRequired[datetime | str]
    finished_at__gte: NotRequired[datetime | str]
    finished_at__lt: NotRequired[datetime | str]
    finished_at__lte: NotRequired[datetime | str]
    finished_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]


class MetricsCampaignsQuery(TypedDict, total=False):
    """What GET /api/v1/metrics/campaigns can be asked."""

    campaign_id: NotRequired[UUID | str | None]
    limit: NotRequired[int]


class MetricsCsatQuery(TypedDict, total=False):
    """What GET /api/v1/metrics/csat can be asked."""

    group_by: NotRequired[AnalyticsTicketsGroupBy]
    from_: NotRequired[date | str | None]
    to: NotRequired[date | str | None]


class MetricsFunnelQuery(TypedDict, total=False):
    """What GET /api/v1/metrics/funnel can be asked."""

    pipeline_id: NotRequired[UUID | str | None]
    owner_id: NotRequired[UUID | str | None]
    department_id: NotRequired[UUID | str | None]
    from_: NotRequired[date | str | None]
    to: NotRequired[date | str | None]


class MetricsSalesPerformanceQuery(TypedDict, total=False):
    """What GET /api/v1/metrics/sales-performance can be asked."""

    group_by: Required[AnalyticsPerformanceGroupBy]
    level: NotRequired[int]
    pipeline_id: NotRequired[UUID | str | None]
    department_id: NotRequired[UUID | str | None]


class MetricsSalesPerformanceRecordsQuery(TypedDict, total=False):
    """What GET /api/v1/metrics/sales-performance/records can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "name",
                "owner_id",
                "owner_path",
                "pipeline_id",
                "stage_id",
                "stage_kind",
                "product_id",
                "account_id",
                "contact_id",
                "currency",
                "amount_minor",
                "close_month",
                "account_name",
                "contact_name",
            ]
        ]
    ]
    pipeline_id: NotRequired[UUID | str]
    pipeline_id__in: NotRequired[Sequence[UUID | str]]
    pipeline_id__gt: NotRequired[UUID | str]
    pipeline_id__gte: NotRequired[UUID | str]
    pipeline_id__lt: NotRequired[UUID | str]
    pipeline_id__lte: NotRequired[UUID | str]
    pipeline_id__null: NotRequired[bool]
    stage_id: NotRequired[UUID | str]
    stage_id__in: NotRequired[Sequence[UUID | str]]
    stage_id__gt: NotRequired[UUID | str]
    stage_id__gte: NotRequired[UUID | str]
    stage_id__lt: NotRequired[UUID | str]
    stage_id__lte: NotRequired[UUID | str]
    stage_id__null: NotRequired[bool]
    stage_kind: NotRequired[str]
    stage_kind__in: NotRequired[Sequence[str]]
    stage_kind__gt: NotRequired[str]
    stage_kind__gte: NotRequired[str]
    stage_kind__lt: NotRequired[str]
    stage_kind__lte: NotRequired[str]
    stage_kind__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    product_id: NotRequired[UUID | str]
    product_id__in: NotRequired[Sequence[UUID | str]]
    product_id__gt: NotRequired[UUID | str]
    product_id__gte: NotRequired[UUID | str]
    product_id__lt: NotRequired[UUID | str]
    product_id__lte: NotRequired[UUID | str]
    product_id__null: NotRequired[bool]
    account_id: NotRequired[UUID | str]
    account_id__in: NotRequired[Sequence[UUID | str]]
    account_id__gt: NotRequired[UUID | str]
    account_id__gte: NotRequired[UUID | str]
    account_id__lt: NotRequired[UUID | str]
    account_id__lte: NotRequired[UUID | str]
    account_id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__gt: NotRequired[UUID | str]
    contact_id__gte: NotRequired[UUID | str]
    contact_id__lt: NotRequired[UUID | str]
    contact_id__lte: NotRequired[UUID | str]
    contact_id__null: NotRequired[bool]
    currency: NotRequired[str]
    currency__in: NotRequired[Sequence[str]]
    currency__gt: NotRequired[str]
    currency__gte: NotRequired[str]
    currency__lt: NotRequired[str]
    currency__lte: NotRequired[str]
    currency__null: NotRequired[bool]
    close_month: NotRequired[str]
    close_month__in: NotRequired[Sequence[str]]
    close_month__gt: NotRequired[str]
    close_month__gte: NotRequired[str]
    close_month__lt: NotRequired[str]
    close_month__lte: NotRequired[str]
    close_month__null: NotRequired[bool]


class MetricsSlaQuery(TypedDict, total=False):
    """What GET /api/v1/metrics/sla can be asked."""

    group_by: NotRequired[AnalyticsTicketsGroupBy]
    from_: NotRequired[date | str | None]
    to: NotRequired[date | str | None]


class MetricsTicketsQuery(TypedDict, total=False):
    """What GET /api/v1/metrics/tickets can be asked."""

    group_by: NotRequired[AnalyticsTicketsGroupBy]
    from_: NotRequired[date | str | None]
    to: NotRequired[date | str | None]


class NotificationsListQuery(TypedDict, total=False):
    """What GET /api/v1/notifications can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "kind",
                "about_type",
                "about_id",
                "facts",
                "label",
                "text",
                "read_at",
                "created_at",
                "updated_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    kind: NotRequired[str]
    kind__in: NotRequired[Sequence[str]]
    kind__gt: NotRequired[str]
    kind__gte: NotRequired[str]
    kind__lt: NotRequired[str]
    kind__lte: NotRequired[str]
    kind__null: NotRequired[bool]
    about_type: NotRequired[str]
    about_type__in: NotRequired[Sequence[str]]
    about_type__gt: NotRequired[str]
    about_type__gte: NotRequired[str]
    about_type__lt: NotRequired[str]
    about_type__lte: NotRequired[str]
    about_type__null: NotRequired[bool]
    about_id: NotRequired[UUID | str]
    about_id__in: NotRequired[Sequence[UUID | str]]
    about_id__gt: NotRequired[UUID | str]
    about_id__gte: NotRequired[UUID | str]
    about_id__lt: NotRequired[UUID | str]
    about_id__lte: NotRequired[UUID | str]
    about_id__null: NotRequired[bool]
    read_at: NotRequired[datetime | str]
    read_at__in: NotRequired[Sequence[datetime | str]]
    read_at__gt: NotRequired[datetime | str]
    read_at__gte: NotRequired[datetime | str]
    read_at__lt: NotRequired[datetime | str]
    read_at__lte: NotRequired[datetime | str]
    read_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]


class OpportunitiesListQuery(TypedDict, total=False):
    """What GET /api/v1/opportunities can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "pipeline_id",
                "stage_id",
                "stage_kind",
                "stage_entered_at",
                "product_id",
                "lead_id",
                "amount_minor",
                "currency",
                "expected_close_date",
                "closed_at",
                "lost_reason",
                "owner_id",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
                "account_id",
                "contact_id",
                "account_name",
                "contact_name",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    pipeline_id: NotRequired[UUID | str]
    pipeline_id__in: NotRequired[Sequence[UUID | str]]
    pipeline_id__gt: NotRequired[UUID | str]
    pipeline_id__gte: NotRequired[UUID | str]
    pipeline_id__lt: NotRequired[UUID | str]
    pipeline_id__lte: NotRequired[UUID | str]
    pipeline_id__null: NotRequired[bool]
    stage_id: NotRequired[UUID | str]
    stage_id__in: NotRequired[Sequence[UUID | str]]
    stage_id__gt: NotRequired[UUID | str]
    stage_id__gte: NotRequired[UUID | str]
    stage_id__lt: NotRequired[UUID | str]
    stage_id__lte: NotRequired[UUID | str]
    stage_id__null: NotRequired[bool]
    stage_kind: NotRequired[str]
    stage_kind__in: NotRequired[Sequence[str]]
    stage_kind__gt: NotRequired[str]
    stage_kind__gte: NotRequired[str]
    stage_kind__lt: NotRequired[str]
    stage_kind__lte: NotRequired[str]
    stage_kind__null: NotRequired[bool]
    account_id: NotRequired[UUID | str]
    account_id__in: NotRequired[Sequence[UUID | str]]
    account_id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__null: NotRequired[bool]
    product_id: NotRequired[UUID | str]
    product_id__in: NotRequired[Sequence[UUID | str]]
    product_id__gt: NotRequired[UUID | str]
    product_id__gte: NotRequired[UUID | str]
    product_id__lt: NotRequired[UUID | str]
    product_id__lte: NotRequired[UUID | str]
    product_id__null: NotRequired[bool]
    lead_id: NotRequired[UUID | str]
    lead_id__in: NotRequired[Sequence[UUID | str]]
    lead_id__gt: NotRequired[UUID | str]
    lead_id__gte: NotRequired[UUID | str]
    lead_id__lt: NotRequired[UUID | str]
    lead_id__lte: NotRequired[UUID | str]
    lead_id__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    amount_minor: NotRequired[int]
    amount_minor__in: NotRequired[Sequence[int]]
    amount_minor__gt: NotRequired[int]
    amount_minor__gte: NotRequired[int]
    amount_minor__lt: NotRequired[int]
    amount_minor__lte: NotRequired[int]
    amount_minor__null: NotRequired[bool]
    currency: NotRequired[str]
    currency__in: NotRequired[Sequence[str]]
    currency__gt: NotRequired[str]
    currency__gte: NotRequired[str]
    currency__lt: NotRequired[str]
    currency__lte: NotRequired[str]
    currency__null: NotRequired[bool]
    expected_close_date: NotRequired[date | str]
    expected_close_date__in: NotRequired[Sequence[date | str]]
    expected_close_date__gt: NotRequired[date | str]
    expected_close_date__gte: NotRequired[date | str]
    expected_close_date__lt: NotRequired[date | str]
    expected_close_date__lte: NotRequired[date | str]
    expected_close_date__null: NotRequired[bool]
    closed_at: NotRequired[datetime | str]
    closed_at__in: NotRequired[Sequence[datetime | str]]
    closed_at__gt: NotRequired[datetime | str]
    closed_at__gte: NotRequired[datetime | str]
    closed_at__lt: NotRequired[datetime | str]
    closed_at__lte: NotRequired[datetime | str]
    closed_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]


class PipelinesListQuery(TypedDict, total=False):
    """What GET /api/v1/pipelines can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "stages",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class ProductsListQuery(TypedDict, total=False):
    """What GET /api/v1/products can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "code",
                "series",
                "price_minor",
                "currency",
                "is_active",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    code: NotRequired[str]
    code__in: NotRequired[Sequence[str]]
    code__gt: NotRequired[str]
    code__gte: NotRequired[str]
    code__lt: NotRequired[str]
    code__lte: NotRequired[str]
    code__null: NotRequired[bool]
    series: NotRequired[str]
    series__in: NotRequired[Sequence[str]]
    series__gt: NotRequired[str]
    series__gte: NotRequired[str]
    series__lt: NotRequired[str]
    series__lte: NotRequired[str]
    series__null: NotRequired[bool]
    is_active: NotRequired[bool]
    is_active__in: NotRequired[Sequence[bool]]
    is_active__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class QueuesListQuery(TypedDict, total=False):
    """What GET /api/v1/queues can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "assignment",
                "member_ids",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    assignment: NotRequired[str]
    assignment__in: NotRequired[Sequence[str]]
    assignment__gt: NotRequired[str]
    assignment__gte: NotRequired[str]
    assignment__lt: NotRequired[str]
    assignment__lte: NotRequired[str]
    assignment__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class RolesListQuery(TypedDict, total=False):
    """What GET /api/v1/roles can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "permissions",
                "fields",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class SearchListQuery(TypedDict, total=False):
    """What GET /api/v1/search can be asked."""

    q: Required[str]
    types: NotRequired[str | None]
    limit: NotRequired[int]


class SegmentsListQuery(TypedDict, total=False):
    """What GET /api/v1/segments can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "description",
                "kind",
                "filter",
                "member_count",
                "is_filling",
                "owner_id",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    kind: NotRequired[str]
    kind__in: NotRequired[Sequence[str]]
    kind__gt: NotRequired[str]
    kind__gte: NotRequired[str]
    kind__lt: NotRequired[str]
    kind__lte: NotRequired[str]
    kind__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class SegmentsExplainQuery(TypedDict, total=False):
    """What GET /api/v1/segments/{identity}/explain can be asked."""

    contact_id: Required[UUID | str]


class SegmentsMembersQuery(TypedDict, total=False):
    """What GET /api/v1/segments/{identity}/members can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "segment_id",
                "contact_id",
                "family_name",
                "given_name",
                "is_member",
                "reason",
                "entered_at",
                "left_at",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__gt: NotRequired[UUID | str]
    contact_id__gte: NotRequired[UUID | str]
    contact_id__lt: NotRequired[UUID | str]
    contact_id__lte: NotRequired[UUID | str]
    contact_id__null: NotRequired[bool]
    is_member: NotRequired[bool]
    is_member__in: NotRequired[Sequence[bool]]
    is_member__null: NotRequired[bool]
    reason: NotRequired[str]
    reason__in: NotRequired[Sequence[str]]
    reason__gt: NotRequired[str]
    reason__gte: NotRequired[str]
    reason__lt: NotRequired[str]
    reason__lte: NotRequired[str]
    reason__null: NotRequired[bool]
    entered_at: NotRequired[datetime | str]
    entered_at__in: NotRequired[Sequence[datetime | str]]
    entered_at__gt: NotRequired[datetime | str]
    entered_at__gte: NotRequired[datetime | str]
    entered_at__lt: NotRequired[datetime | str]
    entered_at__lte: NotRequired[datetime | str]
    entered_at__null: NotRequired[bool]
    left_at: NotRequired[datetime | str]
    left_at__in: NotRequired[Sequence[datetime | str]]
    left_at__gt: NotRequired[datetime | str]
    left_at__gte: NotRequired[datetime | str]
    left_at__lt: NotRequired[datetime | str]
    left_at__lte: NotRequired[datetime | str]
    left_at__null: NotRequired[bool]


class SlaPoliciesListQuery(TypedDict, total=False):
    """What GET /api/v1/sla-policies can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "position",
                "calendar_id",
                "priorities",
                "categories",
                "channels",
                "tiers",
                "targets",
                "warn_at_percent",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    calendar_id: NotRequired[UUID | str]
    calendar_id__in: NotRequired[Sequence[UUID | str]]
    calendar_id__gt: NotRequired[UUID | str]
    calendar_id__gte: NotRequired[UUID | str]
    calendar_id__lt: NotRequired[UUID | str]
    calendar_id__lte: NotRequired[UUID | str]
    calendar_id__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class SuppressionsListQuery(TypedDict, total=False):
    """What GET /api/v1/suppressions can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "contact_id",
                "has_address",
                "reason",
                "purpose",
                "campaign_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__gt: NotRequired[UUID | str]
    contact_id__gte: NotRequired[UUID | str]
    contact_id__lt: NotRequired[UUID | str]
    contact_id__lte: NotRequired[UUID | str]
    contact_id__null: NotRequired[bool]
    email: NotRequired[str]
    email__in: NotRequired[Sequence[str]]
    email__null: NotRequired[bool]
    reason: NotRequired[str]
    reason__in: NotRequired[Sequence[str]]
    reason__gt: NotRequired[str]
    reason__gte: NotRequired[str]
    reason__lt: NotRequired[str]
    reason__lte: NotRequired[str]
    reason__null: NotRequired[bool]
    purpose: NotRequired[str]
    purpose__in: NotRequired[Sequence[str]]
    purpose__gt: NotRequired[str]
    purpose__gte: NotRequired[str]
    purpose__lt: NotRequired[str]
    purpose__lte: NotRequired[str]
    purpose__null: NotRequired[bool]
    campaign_id: NotRequired[UUID | str]
    campaign_id__in: NotRequired[Sequence[UUID | str]]
    campaign_id__gt: NotRequired[UUID | str]
    campaign_id__gte: NotRequired[UUID | str]
    campaign_id__lt: NotRequired[UUID | str]
    campaign_id__lte: NotRequired[UUID | str]
    campaign_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]


class SurveysListQuery(TypedDict, total=False):
    """What GET /api/v1/surveys can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "ticket_id",
                "contact_id",
                "channel",
                "sent_at",
                "answered_at",
                "score",
                "comment",
                "mail_status",
                "created_at",
                "updated_at",
                "erased_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    ticket_id: NotRequired[UUID | str]
    ticket_id__in: NotRequired[Sequence[UUID | str]]
    ticket_id__gt: NotRequired[UUID | str]
    ticket_id__gte: NotRequired[UUID | str]
    ticket_id__lt: NotRequired[UUID | str]
    ticket_id__lte: NotRequired[UUID | str]
    ticket_id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__gt: NotRequired[UUID | str]
    contact_id__gte: NotRequired[UUID | str]
    contact_id__lt: NotRequired[UUID | str]
    contact_id__lte: NotRequired[UUID | str]
    contact_id__null: NotRequired[bool]
    channel: NotRequired[str]
    channel__in: NotRequired[Sequence[str]]
    channel__gt: NotRequired[str]
    channel__gte: NotRequired[str]
    channel__lt: NotRequired[str]
    channel__lte: NotRequired[str]
    channel__null: NotRequired[bool]
    score: NotRequired[int]
    score__in: NotRequired[Sequence[int]]
    score__gt: NotRequired[int]
    score__gte: NotRequired[int]
    score__lt: NotRequired[int]
    score__lte: NotRequired[int]
    score__null: NotRequired[bool]
    mail_status: NotRequired[str]
    mail_status__in: NotRequired[Sequence[str]]
    mail_status__gt: NotRequired[str]
    mail_status__gte: NotRequired[str]
    mail_status__lt: NotRequired[str]
    mail_status__lte: NotRequired[str]
    mail_status__null: NotRequired[bool]
    sent_at: NotRequired[datetime | str]
    sent_at__in: NotRequired[Sequence[datetime | str]]
    sent_at__gt: NotRequired[datetime | str]
    sent_at__gte: NotRequired[datetime | str]
    sent_at__lt: NotRequired[datetime | str]
    sent_at__lte: NotRequired[datetime | str]
    sent_at__null: NotRequired[bool]
    answered_at: NotRequired[datetime | str]
    answered_at__in: NotRequired[Sequence[datetime | str]]
    answered_at__gt: NotRequired[datetime | str]
    answered_at__gte: NotRequired[datetime | str]
    answered_at__lt: NotRequired[datetime | str]
    answered_at__lte: NotRequired[datetime | str]
    answered_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    erased_at: NotRequired[datetime | str]
    erased_at__in: NotRequired[Sequence[datetime | str]]
    erased_at__gt: NotRequired[datetime | str]
    erased_at__gte: NotRequired[datetime | str]
    erased_at__lt: NotRequired[datetime | str]
    erased_at__lte: NotRequired[datetime | str]
    erased_at__null: NotRequired[bool]


class TemplatesListQuery(TypedDict, total=False):
    """What GET /api/v1/templates can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "name",
                "language",
                "subject",
                "html",
                "text",
                "owner_id",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    language: NotRequired[str]
    language__in: NotRequired[Sequence[str]]
    language__gt: NotRequired[str]
    language__gte: NotRequired[str]
    language__lt: NotRequired[str]
    language__lte: NotRequired[str]
    language__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]


class TicketsListQuery(TypedDict, total=False):
    """What GET /api/v1/tickets can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "number",
                "subject",
                "description",
                "channel",
                "category",
                "tier",
                "priority",
                "status",
                "status_category",
                "queue_id",
                "owner_id",
                "follower_ids",
                "sla_policy_id",
                "opened_at",
                "first_responded_at",
                "resolved_at",
                "closed_at",
                "first_response_due_at",
                "resolution_due_at",
                "first_response_breached",
                "resolution_breached",
                "csat_score",
                "reopened_count",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
                "erased_at",
                "account_id",
                "contact_id",
                "account_name",
                "contact_name",
                "queue_name",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    number: NotRequired[str]
    number__in: NotRequired[Sequence[str]]
    number__gt: NotRequired[str]
    number__gte: NotRequired[str]
    number__lt: NotRequired[str]
    number__lte: NotRequired[str]
    number__prefix: NotRequired[str]
    number__contains: NotRequired[str]
    number__null: NotRequired[bool]
    subject: NotRequired[str]
    subject__in: NotRequired[Sequence[str]]
    subject__gt: NotRequired[str]
    subject__gte: NotRequired[str]
    subject__lt: NotRequired[str]
    subject__lte: NotRequired[str]
    subject__prefix: NotRequired[str]
    subject__contains: NotRequired[str]
    subject__null: NotRequired[bool]
    channel: NotRequired[str]
    channel__in: NotRequired[Sequence[str]]
    channel__gt: NotRequired[str]
    channel__gte: NotRequired[str]
    channel__lt: NotRequired[str]
    channel__lte: NotRequired[str]
    channel__null: NotRequired[bool]
    category: NotRequired[str]
    category__in: NotRequired[Sequence[str]]
    category__gt: NotRequired[str]
    category__gte: NotRequired[str]
    category__lt: NotRequired[str]
    category__lte: NotRequired[str]
    category__null: NotRequired[bool]
    tier: NotRequired[str]
    tier__in: NotRequired[Sequence[str]]
    tier__gt: NotRequired[str]
    tier__gte: NotRequired[str]
    tier__lt: NotRequired[str]
    tier__lte: NotRequired[str]
    tier__null: NotRequired[bool]
    priority: NotRequired[str]
    priority__in: NotRequired[Sequence[str]]
    priority__gt: NotRequired[str]
    priority__gte: NotRequired[str]
    priority__lt: NotRequired[str]
    priority__lte: NotRequired[str]
    priority__null: NotRequired[bool]
    status: NotRequired[str]
    status__in: NotRequired[Sequence[str]]
    status__gt: NotRequired[str]
    status__gte: NotRequired[str]
    status__lt: NotRequired[str]
    status__lte: NotRequired[str]
    status__null: NotRequired[bool]
    status_category: NotRequired[str]
    status_category__in: NotRequired[Sequence[str]]
    status_category__gt: NotRequired[str]
    status_category__gte: NotRequired[str]
    status_category__lt: NotRequired[str]
    status_category__lte: NotRequired[str]
    status_category__null: NotRequired[bool]
    queue_id: NotRequired[UUID | str]
    queue_id__in: NotRequired[Sequence[UUID | str]]
    queue_id__gt: NotRequired[UUID | str]
    queue_id__gte: NotRequired[UUID | str]
    queue_id__lt: NotRequired[UUID | str]
    queue_id__lte: NotRequired[UUID | str]
    queue_id__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    follower_id: NotRequired[UUID | str]
    follower_id__in: NotRequired[Sequence[UUID | str]]
    follower_id__null: NotRequired[bool]
    account_id: NotRequired[UUID | str]
    account_id__in: NotRequired[Sequence[UUID | str]]
    account_id__null: NotRequired[bool]
    contact_id: NotRequired[UUID | str]
    contact_id__in: NotRequired[Sequence[UUID | str]]
    contact_id__null: NotRequired[bool]
    sla_policy_id: NotRequired[UUID | str]
    sla_policy_id__in: NotRequired[Sequence[UUID | str]]
    sla_policy_id__gt: NotRequired[UUID | str]
    sla_policy_id__gte: NotRequired[UUID | str]
    sla_policy_id__lt: NotRequired[UUID | str]
    sla_policy_id__lte: NotRequired[UUID | str]
    sla_policy_id__null: NotRequired[bool]
    breached: NotRequired[bool]
    breached__in: NotRequired[Sequence[bool]]
    breached__null: NotRequired[bool]
    first_response_breached: NotRequired[bool]
    first_response_breached__in: NotRequired[Sequence[bool]]
    first_response_breached__null: NotRequired[bool]
    resolution_breached: NotRequired[bool]
    resolution_breached__in: NotRequired[Sequence[bool]]
    resolution_breached__null: NotRequired[bool]
    first_response_due_at: NotRequired[datetime | str]
    first_response_due_at__in: NotRequired[Sequence[datetime | str]]
    first_response_due_at__gt: NotRequired[datetime | str]
    first_response_due_at__gte: NotRequired[datetime | str]
    first_response_due_at__lt: NotRequired[datetime | str]
    first_response_due_at__lte: NotRequired[datetime | str]
    first_response_due_at__null: NotRequired[bool]
    resolution_due_at: NotRequired[datetime | str]
    resolution_due_at__in: NotRequired[Sequence[datetime | str]]
    resolution_due_at__gt: NotRequired[datetime | str]
    resolution_due_at__gte: NotRequired[datetime | str]
    resolution_due_at__lt: NotRequired[datetime | str]
    resolution_due_at__lte: NotRequired[datetime | str]
    resolution_due_at__null: NotRequired[bool]
    first_responded_at: NotRequired[datetime | str]
    first_responded_at__in: NotRequired[Sequence[datetime | str]]
    first_responded_at__gt: NotRequired[datetime | str]
    first_responded_at__gte: NotRequired[datetime | str]
    first_responded_at__lt: NotRequired[datetime | str]
    first_responded_at__lte: NotRequired[datetime | str]
    first_responded_at__null: NotRequired[bool]
    csat_score: NotRequired[int]
    csat_score__in: NotRequired[Sequence[int]]
    csat_score__gt: NotRequired[int]
    csat_score__gte: NotRequired[int]
    csat_score__lt: NotRequired[int]
    csat_score__lte: NotRequired[int]
    csat_score__null: NotRequired[bool]
    opened_at: NotRequired[datetime | str]
    opened_at__in: NotRequired[Sequence[datetime | str]]
    opened_at__gt: NotRequired[datetime | str]
    opened_at__gte: NotRequired[datetime | str]
    opened_at__lt: NotRequired[datetime | str]
    opened_at__lte: NotRequired[datetime | str]
    opened_at__null: NotRequired[bool]
    resolved_at: NotRequired[datetime | str]
    resolved_at__in: NotRequired[Sequence[datetime | str]]
    resolved_at__gt: NotRequired[datetime | str]
    resolved_at__gte: NotRequired[datetime | str]
    resolved_at__lt: NotRequired[datetime | str]
    resolved_at__lte: NotRequired[datetime | str]
    resolved_at__null: NotRequired[bool]
    closed_at: NotRequired[datetime | str]
    closed_at__in: NotRequired[Sequence[datetime | str]]
    closed_at__gt: NotRequired[datetime | str]
    closed_at__gte: NotRequired[datetime | str]
    closed_at__lt: NotRequired[datetime | str]
    closed_at__lte: NotRequired[datetime | str]
    closed_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]
    erased_at: NotRequired[datetime | str]
    erased_at__in: NotRequired[Sequence[datetime | str]]
    erased_at__gt: NotRequired[datetime | str]
    erased_at__gte: NotRequired[datetime | str]
    erased_at__lt: NotRequired[datetime | str]
    erased_at__lte: NotRequired[datetime | str]
    erased_at__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]


class TicketsMessagesQuery(TypedDict, total=False):
    """What GET /api/v1/tickets/{identity}/messages can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "ticket_id",
                "kind",
                "body",
                "author_id",
                "contact_id",
                "mail_status",
                "posted_at",
                "created_at",
                "updated_at",
                "erased_at",
            ]
        ]
    ]
    kind: NotRequired[str]
    kind__in: NotRequired[Sequence[str]]
    kind__gt: NotRequired[str]
    kind__gte: NotRequired[str]
    kind__lt: NotRequired[str]
    kind__lte: NotRequired[str]
    kind__null: NotRequired[bool]
    author_id: NotRequired[UUID | str]
    author_id__in: NotRequired[Sequence[UUID | str]]
    author_id__gt: NotRequired[UUID | str]
    author_id__gte: NotRequired[UUID | str]
    author_id__lt: NotRequired[UUID | str]
    author_id__lte: NotRequired[UUID | str]
    author_id__null: NotRequired[bool]
    posted_at: NotRequired[datetime | str]
    posted_at__in: NotRequired[Sequence[datetime | str]]
    posted_at__gt: NotRequired[datetime | str]
    posted_at__gte: NotRequired[datetime | str]
    posted_at__lt: NotRequired[datetime | str]
    posted_at__lte: NotRequired[datetime | str]
    posted_at__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]


class TimelineListQuery(TypedDict, total=False):
    """What GET /api/v1/timeline can be asked."""

    account_id: NotRequired[UUID | str | None]
    contact_id: NotRequired[UUID | str | None]
    types: NotRequired[str | None]
    limit: NotRequired[int]


class UsersListQuery(TypedDict, total=False):
    """What GET /api/v1/users can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "email",
                "name",
                "department_id",
                "manager_id",
                "role_ids",
                "locale",
                "time_zone",
                "is_active",
                "is_service",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    email: NotRequired[str]
    email__in: NotRequired[Sequence[str]]
    email__null: NotRequired[bool]
    department_id: NotRequired[UUID | str]
    department_id__in: NotRequired[Sequence[UUID | str]]
    department_id__gt: NotRequired[UUID | str]
    department_id__gte: NotRequired[UUID | str]
    department_id__lt: NotRequired[UUID | str]
    department_id__lte: NotRequired[UUID | str]
    department_id__null: NotRequired[bool]
    manager_id: NotRequired[UUID | str]
    manager_id__in: NotRequired[Sequence[UUID | str]]
    manager_id__gt: NotRequired[UUID | str]
    manager_id__gte: NotRequired[UUID | str]
    manager_id__lt: NotRequired[UUID | str]
    manager_id__lte: NotRequired[UUID | str]
    manager_id__null: NotRequired[bool]
    role_id: NotRequired[UUID | str]
    role_id__in: NotRequired[Sequence[UUID | str]]
    role_id__null: NotRequired[bool]
    is_active: NotRequired[bool]
    is_active__in: NotRequired[Sequence[bool]]
    is_active__null: NotRequired[bool]
    is_service: NotRequired[bool]
    is_service__in: NotRequired[Sequence[bool]]
    is_service__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]


class WebhooksListQuery(TypedDict, total=False):
    """What GET /api/v1/webhooks can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "version",
                "owner_id",
                "name",
                "description",
                "url",
                "types",
                "filter",
                "is_active",
                "disabled_reason",
                "previous_secret_until",
                "secret_rotated_at",
                "external_system",
                "external_id",
                "created_at",
                "updated_at",
                "deleted_at",
                "health",
                "failures",
                "failing_since",
                "resume_at",
                "last_success_at",
                "last_failure_at",
                "last_status",
                "last_error",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    name: NotRequired[str]
    name__in: NotRequired[Sequence[str]]
    name__gt: NotRequired[str]
    name__gte: NotRequired[str]
    name__lt: NotRequired[str]
    name__lte: NotRequired[str]
    name__prefix: NotRequired[str]
    name__contains: NotRequired[str]
    name__null: NotRequired[bool]
    owner_id: NotRequired[UUID | str]
    owner_id__in: NotRequired[Sequence[UUID | str]]
    owner_id__gt: NotRequired[UUID | str]
    owner_id__gte: NotRequired[UUID | str]
    owner_id__lt: NotRequired[UUID | str]
    owner_id__lte: NotRequired[UUID | str]
    owner_id__null: NotRequired[bool]
    is_active: NotRequired[bool]
    is_active__in: NotRequired[Sequence[bool]]
    is_active__null: NotRequired[bool]
    disabled_reason: NotRequired[str]
    disabled_reason__in: NotRequired[Sequence[str]]
    disabled_reason__gt: NotRequired[str]
    disabled_reason__gte: NotRequired[str]
    disabled_reason__lt: NotRequired[str]
    disabled_reason__lte: NotRequired[str]
    disabled_reason__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
    updated_at: NotRequired[datetime | str]
    updated_at__in: NotRequired[Sequence[datetime | str]]
    updated_at__gt: NotRequired[datetime | str]
    updated_at__gte: NotRequired[datetime | str]
    updated_at__lt: NotRequired[datetime | str]
    updated_at__lte: NotRequired[datetime | str]
    updated_at__null: NotRequired[bool]
    deleted_at: NotRequired[datetime | str]
    deleted_at__in: NotRequired[Sequence[datetime | str]]
    deleted_at__gt: NotRequired[datetime | str]
    deleted_at__gte: NotRequired[datetime | str]
    deleted_at__lt: NotRequired[datetime | str]
    deleted_at__lte: NotRequired[datetime | str]
    deleted_at__null: NotRequired[bool]
    external_system: NotRequired[str]
    external_system__in: NotRequired[Sequence[str]]
    external_system__gt: NotRequired[str]
    external_system__gte: NotRequired[str]
    external_system__lt: NotRequired[str]
    external_system__lte: NotRequired[str]
    external_system__null: NotRequired[bool]
    external_id: NotRequired[str]
    external_id__in: NotRequired[Sequence[str]]
    external_id__gt: NotRequired[str]
    external_id__gte: NotRequired[str]
    external_id__lt: NotRequired[str]
    external_id__lte: NotRequired[str]
    external_id__null: NotRequired[bool]


class WebhooksDeliveriesQuery(TypedDict, total=False):
    """What GET /api/v1/webhooks/{identity}/deliveries can be asked."""

    limit: NotRequired[int]
    sort: NotRequired[str]
    fields: NotRequired[
        Sequence[
            Literal[
                "id",
                "event_id",
                "event_type",
                "event_time",
                "status",
                "attempts",
                "next_at",
                "last_status",
                "last_error",
                "created_at",
                "finished_at",
            ]
        ]
    ]
    id: NotRequired[UUID | str]
    id__in: NotRequired[Sequence[UUID | str]]
    id__gt: NotRequired[UUID | str]
    id__gte: NotRequired[UUID | str]
    id__lt: NotRequired[UUID | str]
    id__lte: NotRequired[UUID | str]
    id__null: NotRequired[bool]
    event_id: NotRequired[UUID | str]
    event_id__in: NotRequired[Sequence[UUID | str]]
    event_id__gt: NotRequired[UUID | str]
    event_id__gte: NotRequired[UUID | str]
    event_id__lt: NotRequired[UUID | str]
    event_id__lte: NotRequired[UUID | str]
    event_id__null: NotRequired[bool]
    event_type: NotRequired[str]
    event_type__in: NotRequired[Sequence[str]]
    event_type__gt: NotRequired[str]
    event_type__gte: NotRequired[str]
    event_type__lt: NotRequired[str]
    event_type__lte: NotRequired[str]
    event_type__null: NotRequired[bool]
    event_time: NotRequired[datetime | str]
    event_time__in: NotRequired[Sequence[datetime | str]]
    event_time__gt: NotRequired[datetime | str]
    event_time__gte: NotRequired[datetime | str]
    event_time__lt: NotRequired[datetime | str]
    event_time__lte: NotRequired[datetime | str]
    event_time__null: NotRequired[bool]
    status: NotRequired[str]
    status__in: NotRequired[Sequence[str]]
    status__gt: NotRequired[str]
    status__gte: NotRequired[str]
    status__lt: NotRequired[str]
    status__lte: NotRequired[str]
    status__null: NotRequired[bool]
    last_status: NotRequired[int]
    last_status__in: NotRequired[Sequence[int]]
    last_status__gt: NotRequired[int]
    last_status__gte: NotRequired[int]
    last_status__lt: NotRequired[int]
    last_status__lte: NotRequired[int]
    last_status__null: NotRequired[bool]
    created_at: NotRequired[datetime | str]
    created_at__in: NotRequired[Sequence[datetime | str]]
    created_at__gt: NotRequired[datetime | str]
    created_at__gte: NotRequired[datetime | str]
    created_at__lt: NotRequired[datetime | str]
    created_at__lte: NotRequired[datetime | str]
    created_at__null: NotRequired[bool]
