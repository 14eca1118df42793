"""What the API answers; generated from the OpenAPI document by `python -m tests.sdk.write`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from plexus_crm.model import Model


class AccountCreated(Model):
    """A new account, with those that it looks like."""

    id: UUID
    version: int
    name: str
    industry: str | None
    size: str | None
    website: str | None
    phone: str | None
    country: str | None
    address: str | None
    parent_id: UUID | None
    level: str | None
    source: str | None
    annual_revenue_minor: int | None
    currency: str | None
    employees: int | None
    founded_year: int | None
    owner_id: UUID | None
    merged_into_id: UUID | None
    possible_duplicate_of_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    possible_duplicates: tuple[UUID, ...] | None = None


class AccountListItem(Model):
    """An account; `merged_into_id` tells where it lives on."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    industry: str | None = None
    size: str | None = None
    website: str | None = None
    phone: str | None = None
    country: str | None = None
    address: str | None = None
    parent_id: UUID | None = None
    level: str | None = None
    source: str | None = None
    annual_revenue_minor: int | None = None
    currency: str | None = None
    employees: int | None = None
    founded_year: int | None = None
    owner_id: UUID | None = None
    merged_into_id: UUID | None = None
    possible_duplicate_of_id: UUID | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class AccountRead(Model):
    """An account; `merged_into_id` tells where it lives on."""

    id: UUID
    version: int
    name: str
    industry: str | None
    size: str | None
    website: str | None
    phone: str | None
    country: str | None
    address: str | None
    parent_id: UUID | None
    level: str | None
    source: str | None
    annual_revenue_minor: int | None
    currency: str | None
    employees: int | None
    founded_year: int | None
    owner_id: UUID | None
    merged_into_id: UUID | None
    possible_duplicate_of_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class ActivityListItem(Model):
    """An activity."""

    id: UUID | None = None
    version: int | None = None
    kind: str | None = None
    subject: str | None = None
    body: str | None = None
    outcome: str | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    owner_id: UUID | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    erased_at: datetime | None = None


class ActivityRead(Model):
    """An activity."""

    id: UUID
    version: int
    kind: str
    subject: str
    body: str | None
    outcome: str | None
    account_id: UUID | None
    contact_id: UUID | None
    due_at: datetime | None
    done_at: datetime | None
    owner_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None


class Amount(Model):
    """An amount in the currency's minor unit; sums never cross currencies."""

    currency: str
    amount_minor: int


class ApiKeyIssued(Model):
    """The key as it was made: keep `secret`, it is shown this once."""

    id: UUID
    version: int
    user_id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    requests_per_minute: int | None
    expires_at: datetime | None
    last_used_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    secret: str


class ApiKeyListItem(Model):
    """An API key; its secret is never shown again."""

    id: UUID | None = None
    version: int | None = None
    user_id: UUID | None = None
    name: str | None = None
    prefix: str | None = None
    scopes: tuple[str, ...] | None = None
    requests_per_minute: int | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class ApiKeyRead(Model):
    """An API key; its secret is never shown again."""

    id: UUID
    version: int
    user_id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    requests_per_minute: int | None
    expires_at: datetime | None
    last_used_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class BatchResult(Model):
    """What became of one item: `id` and `version`, or a `problem`."""

    index: int
    status: int
    id: str | None = None
    version: int | None = None
    problem: dict[str, Any] | None = None


class BatchResults(Model):
    """The results, in the order of the items."""

    results: tuple[BatchResult, ...]


class BlockedKey(Model):
    """A key that the broker refused for good."""

    topic: str
    key: str


class BrowserSession(Model):
    """Who signed in, and when he must again at the latest; the credential is in the cookie alone."""

    user_id: UUID
    expires_at: datetime


class CapturedLead(Model):
    """A new lead, with those that it looks like."""

    id: UUID
    version: int
    family_name: str
    given_name: str | None
    company_name: str | None
    email: str | None
    phone: str | None
    title: str | None
    source: str | None
    owner_id: UUID
    converted_at: datetime | None
    account_id: UUID | None
    contact_id: UUID | None
    opportunity_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None
    possible_duplicates: tuple[UUID, ...] | None = None


class Changed(Model):
    """How many contacts entered or left; the others were in, or out, already."""

    changed: int
    unchanged: int


class CloudEvent(Model):
    """A CloudEvent 1.0 in structured mode. `data` is the event with personal fields in the clear, `[erased]` where the person was forgotten and `[pending]` where his key has not come; sensitive fields are left out."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    sequence: str
    data: dict[str, Any]


class ConsentEntryListItem(Model):
    """One line of the ledger: what was said, when, where, and who wrote it down."""

    id: UUID | None = None
    consent_id: UUID | None = None
    contact_id: UUID | None = None
    purpose: str | None = None
    channel: str | None = None
    kind: str | None = None
    wording_version: str | None = None
    source: str | None = None
    proof: str | None = None
    reason: str | None = None
    actor: str | None = None
    occurred_at: datetime | None = None
    recorded_at: datetime | None = None


class ConsentListItem(Model):
    """What a contact said last about one purpose on one channel."""

    id: UUID | None = None
    version: int | None = None
    contact_id: UUID | None = None
    purpose: str | None = None
    channel: str | None = None
    status: str | None = None
    wording_version: str | None = None
    source: str | None = None
    proof: str | None = None
    reason: str | None = None
    given_at: datetime | None = None
    withdrawn_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    erased_at: datetime | None = None


class ConsentRead(Model):
    """What a contact said last about one purpose on one channel."""

    id: UUID
    version: int
    contact_id: UUID
    purpose: str
    channel: str
    status: str
    wording_version: str | None
    source: str | None
    proof: str | None
    reason: str | None
    given_at: datetime | None
    withdrawn_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None


class ContactCreated(Model):
    """A new contact, with those that he looks like."""

    id: UUID
    version: int
    account_id: UUID | None
    family_name: str
    given_name: str | None
    email: str | None
    phone: str | None
    title: str | None
    language: str | None
    owner_id: UUID | None
    merged_into_id: UUID | None
    possible_duplicate_of_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None
    possible_duplicates: tuple[UUID, ...] | None = None


class ContactListItem(Model):
    """A contact; of his phone the mask alone is shown."""

    id: UUID | None = None
    version: int | None = None
    account_id: UUID | None = None
    family_name: str | None = None
    given_name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    language: str | None = None
    owner_id: UUID | None = None
    merged_into_id: UUID | None = None
    possible_duplicate_of_id: UUID | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    erased_at: datetime | None = None


class ContactRead(Model):
    """A contact; of his phone the mask alone is shown."""

    id: UUID
    version: int
    account_id: UUID | None
    family_name: str
    given_name: str | None
    email: str | None
    phone: str | None
    title: str | None
    language: str | None
    owner_id: UUID | None
    merged_into_id: UUID | None
    possible_duplicate_of_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None


class Converted(Model):
    """What the lead became; records that are new arrive at their own service in a moment."""

    lead_id: UUID
    account_id: UUID
    contact_id: UUID
    opportunity_id: UUID | None


class CustomerDuplicate(Model):
    """A record that looks like the one asked about, and why."""

    id: UUID
    reasons: tuple[str, ...]


class CustomerDuplicates(Model):
    """Records that look like the one asked about, the likeliest first."""

    items: tuple[CustomerDuplicate, ...]


class DepartmentListItem(Model):
    """A department."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    parent_id: UUID | None = None
    head_id: UUID | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class DepartmentRead(Model):
    """A department."""

    id: UUID
    version: int
    name: str
    parent_id: UUID | None
    head_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class EventPath(Model):
    """Unsent outbox rows, keys set aside, and every position; read the end offsets after the outbox."""

    outbox: int
    oldest_seconds: float
    parked: int
    blocked: int
    groups: tuple[GroupPosition, ...]


class Explained(Model):
    """Why a contact is in a segment or not; `is_present` says that he is not deleted, merged or erased."""

    contact_id: UUID
    is_member: bool
    reason: str | None
    is_present: bool
    nodes: tuple[ExplainedNode, ...]


class ExplainedNode(Model):
    """One node of the rule, in order: where it stands, what it asks, and whether it holds."""

    pointer: str
    op: str
    field: str | None
    value: Any
    holds: bool


class Feed(Model):
    """A page of events; ask again with `next_cursor`, which always stands. A page may be empty and `has_more` true: what it looked at was not for this reader."""

    items: tuple[CloudEvent, ...]
    next_cursor: str
    has_more: bool


class FieldRead(Model):
    """What a condition may say about one field."""

    name: str
    operators: tuple[str, ...]
    options: tuple[str, ...]
    needs: tuple[str, ...]


class Fields(Model):
    """Every field that a rule may ask about."""

    items: tuple[FieldRead, ...]


class Funnel(Model):
    """The stages in order; `as_of` is when the newest event counted here was written."""

    as_of: datetime | None
    stages: tuple[FunnelStage, ...]


class FunnelStage(Model):
    """A stage and the cohort that entered it: `moved_on` are elsewhere now, `current` stand here."""

    stage_id: UUID
    pipeline_id: UUID
    name: str
    kind: str
    position: int
    entered: int | None = None
    entered_amounts: tuple[Money, ...] | None = None
    moved_on: int | None = None
    current: int | None = None
    current_amounts: tuple[Money, ...] | None = None
    won: int | None = None
    lost: int | None = None


class GroupPosition(Model):
    """Where a consumer group stands in a partition; it has caught up when both are equal."""

    group: str
    topic: str
    partition: int
    position: int
    end: int


class KeySet(Model):
    """The public keys (RFC 7517)."""

    keys: tuple[dict[str, Any], ...]


class LeadListItem(Model):
    """A lead; of the phone the mask alone is shown."""

    id: UUID | None = None
    version: int | None = None
    family_name: str | None = None
    given_name: str | None = None
    company_name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    source: str | None = None
    owner_id: UUID | None = None
    converted_at: datetime | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    opportunity_id: UUID | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    erased_at: datetime | None = None


class LeadRead(Model):
    """A lead; of the phone the mask alone is shown."""

    id: UUID
    version: int
    family_name: str
    given_name: str | None
    company_name: str | None
    email: str | None
    phone: str | None
    title: str | None
    source: str | None
    owner_id: UUID
    converted_at: datetime | None
    account_id: UUID | None
    contact_id: UUID | None
    opportunity_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None


class Me(Model):
    """The signed-in user, and the scopes of each of his permissions."""

    id: UUID
    version: int
    email: str
    name: str
    department_id: UUID | None
    manager_id: UUID | None
    role_ids: tuple[UUID, ...]
    locale: str
    time_zone: str
    permissions: dict[str, tuple[str, ...]]


class Money(Model):
    """An amount in the currency's minor unit; sums never cross currencies."""

    currency: str
    amount_minor: int


class OpportunityListItem(Model):
    """An opportunity; account and contact are shown by the labels that sales knows."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    stage_kind: str | None = None
    stage_entered_at: datetime | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    product_id: UUID | None = None
    lead_id: UUID | None = None
    amount_minor: int | None = None
    currency: str | None = None
    expected_close_date: date | None = None
    closed_at: datetime | None = None
    lost_reason: str | None = None
    owner_id: UUID | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    account_name: str | None = None
    contact_name: str | None = None


class OpportunityRead(Model):
    """An opportunity; account and contact are shown by the labels that sales knows."""

    id: UUID
    version: int
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
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    account_name: str | None = None
    contact_name: str | None = None


class OpportunityRecordListItem(Model):
    """An opportunity behind the figures, as its newest event shows it."""

    id: UUID | None = None
    name: str | None = None
    owner_id: UUID | None = None
    owner_path: str | None = None
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    stage_kind: str | None = None
    product_id: UUID | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    currency: str | None = None
    amount_minor: int | None = None
    close_month: str | None = None
    account_name: str | None = None
    contact_name: str | None = None


class ParkedKey(Model):
    """A key whose events wait: for an arrival, or for an operator."""

    group: str
    topic: str
    key: str


class Performance(Model):
    """The rows by key; `as_of` is when the newest event counted here was written."""

    as_of: datetime | None
    rows: tuple[PerformanceRow, ...]


class PerformanceRow(Model):
    """One owner, department, product or month; `key` is null for opportunities without one."""

    key: str | None
    label: str | None
    open_count: int | None = None
    won_count: int | None = None
    lost_count: int | None = None
    open_amounts: tuple[Amount, ...] | None = None
    won_amounts: tuple[Amount, ...] | None = None
    lost_amounts: tuple[Amount, ...] | None = None
    stages: tuple[StageSum, ...] | None = None


class PipelineListItem(Model):
    """A pipeline."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    stages: tuple[StageOut, ...] | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class PipelineRead(Model):
    """A pipeline."""

    id: UUID
    version: int
    name: str
    stages: tuple[StageOut, ...]
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class Previewed(Model):
    """How many contacts in the caller's scope a rule describes (at least, when capped), and some of them."""

    count: int
    capped: bool
    sample: tuple[Sampled, ...]


class ProductListItem(Model):
    """A product."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    code: str | None = None
    series: str | None = None
    price_minor: int | None = None
    currency: str | None = None
    is_active: bool | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class ProductRead(Model):
    """A product."""

    id: UUID
    version: int
    name: str
    code: str | None
    series: str | None
    price_minor: int
    currency: str
    is_active: bool
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class Revealed(Model):
    """What lists show masked, in the clear."""

    phone: str | None


class RoleListItem(Model):
    """A role."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    permissions: dict[str, str] | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class RoleRead(Model):
    """A role."""

    id: UUID
    version: int
    name: str
    permissions: dict[str, str]
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class SalesDuplicate(Model):
    """A lead that looks like the one asked about, and why."""

    id: UUID
    reasons: tuple[str, ...]


class SalesDuplicates(Model):
    """Leads that look like the one asked about, the likeliest first."""

    items: tuple[SalesDuplicate, ...]


class Sampled(Model):
    """One of the contacts whom a rule describes."""

    id: UUID
    family_name: str
    given_name: str | None
    account_id: UUID | None
    owner_id: UUID | None


class SegmentListItem(Model):
    """A segment; `member_count` counts all members, and `is_filling` says that more are being looked for."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    description: str | None = None
    kind: str | None = None
    filter: dict[str, Any] | None = None
    member_count: int | None = None
    is_filling: bool | None = None
    owner_id: UUID | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class SegmentMemberListItem(Model):
    """A contact in a segment, and why he is in it or left it."""

    id: UUID | None = None
    version: int | None = None
    segment_id: UUID | None = None
    contact_id: UUID | None = None
    family_name: str | None = None
    given_name: str | None = None
    is_member: bool | None = None
    reason: str | None = None
    entered_at: datetime | None = None
    left_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class SegmentMemberRead(Model):
    """A contact in a segment, and why he is in it or left it."""

    id: UUID
    version: int
    segment_id: UUID
    contact_id: UUID
    family_name: str | None = None
    given_name: str | None = None
    is_member: bool
    reason: str
    entered_at: datetime
    left_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class SegmentRead(Model):
    """A segment; `member_count` counts all members, and `is_filling` says that more are being looked for."""

    id: UUID
    version: int
    name: str
    description: str | None
    kind: str
    filter: dict[str, Any] | None
    member_count: int
    is_filling: bool
    owner_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class SetAside(Model):
    """Everything that waits for somebody."""

    parked: tuple[dict[str, Any], ...]
    events: tuple[dict[str, Any], ...]
    blocked: tuple[dict[str, Any], ...]


class StageOut(Model):
    """A stage as it is shown."""

    id: UUID
    name: str
    kind: str
    probability: str


class StageSum(Model):
    """How many opportunities of the row stand in a stage."""

    stage_id: UUID
    count: int | None = None
    amounts: tuple[Amount, ...] | None = None


class Tokens(Model):
    """An access token for the next minutes, and the refresh token that replaces the one used."""

    access_token: str
    refresh_token: str
    token_type: str | None = None
    expires_in: int
    user_id: UUID


class UserListItem(Model):
    """A user."""

    id: UUID | None = None
    version: int | None = None
    email: str | None = None
    name: str | None = None
    department_id: UUID | None = None
    manager_id: UUID | None = None
    role_ids: tuple[UUID, ...] | None = None
    locale: str | None = None
    time_zone: str | None = None
    is_active: bool | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class UserRead(Model):
    """A user."""

    id: UUID
    version: int
    email: str
    name: str
    department_id: UUID | None
    manager_id: UUID | None
    role_ids: tuple[UUID, ...]
    locale: str
    time_zone: str
    is_active: bool
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
