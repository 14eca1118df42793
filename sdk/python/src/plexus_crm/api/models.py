"""What the API answers; generated from the OpenAPI document by `python -m tests.sdk.write`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

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


class AnalyticsTarget(Model):
    """How a promise was kept; `rate` is met of what is decided, null for nothing."""

    met: int
    breached: int
    pending: int
    rate: float | None


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
    replaces_id: UUID | None
    last_used_at: datetime | None = None
    last_used_address: str | None = None
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
    replaces_id: UUID | None = None
    last_used_at: datetime | None = None
    last_used_address: str | None = None
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
    replaces_id: UUID | None
    last_used_at: datetime | None = None
    last_used_address: str | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class AuditListItem(Model):
    """One row of the trail: who did what to which record, from where; `changes` holds before and after."""

    id: int | None = None
    at: datetime | None = None
    actor: str | None = None
    action: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    version: int | None = None
    changes: dict[str, Any] | None = None
    correlation_id: str | None = None
    address: str | None = None


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


class CalendarListItem(Model):
    """A calendar."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    time_zone: str | None = None
    hours: tuple[HoursOut, ...] | None = None
    holiday_country: str | None = None
    holiday_subdivision: str | None = None
    own_days: tuple[OwnDayOut, ...] | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class CalendarRead(Model):
    """A calendar."""

    id: UUID
    version: int
    name: str
    time_zone: str
    hours: tuple[HoursOut, ...]
    holiday_country: str | None
    holiday_subdivision: str | None
    own_days: tuple[OwnDayOut, ...]
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class CampaignListItem(Model):
    """A campaign."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    template_id: UUID | None = None
    segment_id: UUID | None = None
    segment_name: str | None = None
    purpose: str | None = None
    channel: str | None = None
    from_name: str | None = None
    reply_to: str | None = None
    throttle_per_second: int | None = None
    scheduled_at: datetime | None = None
    status: str | None = None
    launched_at: datetime | None = None
    finished_at: datetime | None = None
    owner_id: UUID | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    counts: Counts | None = None


class CampaignMemberListItem(Model):
    """One contact in one campaign; `reason` says why no mail was asked for, or why it did not arrive."""

    id: UUID | None = None
    version: int | None = None
    campaign_id: UUID | None = None
    contact_id: UUID | None = None
    status: str | None = None
    reason: str | None = None
    message_id: str | None = None
    requested_at: datetime | None = None
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    suppressed_at: datetime | None = None
    opened_at: datetime | None = None
    machine_opened_at: datetime | None = None
    clicked_at: datetime | None = None
    machine_clicked_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    opens: int | None = None
    clicks: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class CampaignRead(Model):
    """A campaign."""

    id: UUID
    version: int
    name: str
    template_id: UUID
    segment_id: UUID
    segment_name: str | None
    purpose: str
    channel: str
    from_name: str
    reply_to: str | None
    throttle_per_second: int
    scheduled_at: datetime | None
    status: str
    launched_at: datetime | None
    finished_at: datetime | None
    owner_id: UUID
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    counts: Counts


class CampaignResult(Model):
    """One campaign; each figure counts recipients, and each of them once. A scanner's opens do not count."""

    campaign_id: UUID
    name: str
    status: str
    launched_at: datetime | None
    recipients: int
    sent: int
    failed: int
    suppressed: int
    opened: int
    clicked: int
    unsubscribed: int


class CampaignResults(Model):
    """The newest first; `as_of` is when the newest event counted here was written."""

    as_of: datetime | None
    rows: tuple[CampaignResult, ...]


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


class CollaboratorRead(Model):
    """A user with whom a record is shared; after `expires_at` it is not."""

    user_id: UUID
    access: str
    expires_at: datetime | None


class Collaborators(Model):
    """Everybody with whom a record is shared."""

    items: tuple[CollaboratorRead, ...]


class ColumnRead(Model):
    """A column: its number, what stands above it, and the field that it seems to hold."""

    number: int
    heading: str
    guess: str | None


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


class Counts(Model):
    """What came of the members so far; opened and clicked are people, not machines."""

    recipients: int
    pending: int
    sent: int
    failed: int
    suppressed: int
    opened: int
    clicked: int
    unsubscribed: int


class CsatReport(Model):
    """The rows by key."""

    as_of: datetime | None
    rows: tuple[SatisfactionRow, ...]
    total: Satisfaction


class Cursor(Model):
    """Where all that has been read ends now; a later redelivery may begin here."""

    cursor: str


class CustomerDuplicate(Model):
    """A record that looks like the one asked about, and why."""

    id: UUID
    reasons: tuple[str, ...]


class CustomerDuplicates(Model):
    """Records that look like the one asked about, the likeliest first."""

    items: tuple[CustomerDuplicate, ...]


class CustomerPreviewed(Model):
    """How many contacts in the caller's scope a rule describes (at least, when capped), and some of them."""

    count: int
    capped: bool
    sample: tuple[Sampled, ...]


class DeliveryListItem(Model):
    """One event on its way to one webhook; `id` is the header `webhook-id` of every attempt."""

    id: UUID | None = None
    event_id: UUID | None = None
    event_type: str | None = None
    event_time: datetime | None = None
    status: str | None = None
    attempts: int | None = None
    next_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None
    created_at: datetime | None = None
    finished_at: datetime | None = None


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


class Device(Model):
    """An open session of yours: on which device, from which network, last used when."""

    id: UUID
    device: str | None
    address: str | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool


class Devices(Model):
    """Your open sessions, the one used last first."""

    devices: tuple[Device, ...]


class Durations(Model):
    """Wall-clock seconds of `count` tickets; null for none."""

    count: int
    average: float | None
    median: float | None
    p90: float | None


class Enrollment(Model):
    """What an authenticator app needs: the secret to type, or the address to draw as a QR code."""

    secret: str
    address: str


class Entry(Model):
    """Something that happened: `kind` is what to what, as in `opportunity.won`. `facts` are a few of the event's own and of the record after it; what is personal is `[erased]` where the person was forgotten."""

    event_id: UUID
    type: str
    kind: str
    time: datetime
    actor: str | None
    actor_name: str | None
    record_type: str
    record_id: UUID
    title: str | None
    facts: dict[str, Any]


class EventPath(Model):
    """Unsent outbox rows, timers that are late, keys set aside, and every position. The end offsets are read after the outbox."""

    outbox: int
    oldest_seconds: float
    due: int
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


class Hit(Model):
    """A record, its type as in `/search?types=`; the best come first."""

    type: str
    id: UUID
    title: str
    subtitle: str | None
    owner_id: UUID | None
    updated_at: datetime


class Hits(Model):
    """What the caller may see of what is called so."""

    items: tuple[Hit, ...]


class HoursOut(Model):
    """Hours of work on a day of the week; 0 is Monday."""

    begins: str
    ends: str
    weekday: int


class ImportDetail(Model):
    """An import with what its file looks like, which its owner alone is shown."""

    id: UUID
    version: int
    owner_id: UUID | None
    object: str
    format: str
    size_bytes: int
    status: str
    reason: str | None
    mapping: dict[str, str]
    sheet: int
    match_by: str | None
    on_match: str
    external_system: str
    missing_account: str
    default_owner_id: UUID | None
    total: int
    rows: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    deleted_at: datetime | None
    filename: str | None
    sheets: tuple[str, ...]
    columns: tuple[ColumnRead, ...]
    sample: tuple[tuple[str, ...], ...]


class ImportListItem(Model):
    """An import with how far it has come, in rows below the header; `total` is what the table holds."""

    id: UUID | None = None
    version: int | None = None
    owner_id: UUID | None = None
    object: str | None = None
    format: str | None = None
    size_bytes: int | None = None
    status: str | None = None
    reason: str | None = None
    mapping: dict[str, str] | None = None
    sheet: int | None = None
    match_by: str | None = None
    on_match: str | None = None
    external_system: str | None = None
    missing_account: str | None = None
    default_owner_id: UUID | None = None
    total: int | None = None
    rows: int | None = None
    created: int | None = None
    updated: int | None = None
    unchanged: int | None = None
    skipped: int | None = None
    failed: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    deleted_at: datetime | None = None


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


class MarketingPreviewed(Model):
    """A mail as this contact would get it."""

    subject: str
    html: str
    text: str


class Me(Model):
    """The signed-in user, the scopes of each of his permissions, and the fields that he may not change. `fields` says by kind of record what each of these is to him: hidden, masked or read."""

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
    fields_: dict[str, dict[str, str]] = Field(alias="fields")


class MessageListItem(Model):
    """A message; while `is_being_sent` a mail server has it and nobody can stop it."""

    id: UUID | None = None
    version: int | None = None
    owner_id: UUID | None = None
    about_type: str | None = None
    about_id: UUID | None = None
    contact_id: UUID | None = None
    channel: str | None = None
    purpose: str | None = None
    message_id: str | None = None
    status: str | None = None
    attempts: int | None = None
    reason: str | None = None
    reply_code: int | None = None
    not_after: datetime | None = None
    finished_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    is_being_sent: bool | None = None


class MessageRead(Model):
    """A message; while `is_being_sent` a mail server has it and nobody can stop it."""

    id: UUID
    version: int
    owner_id: UUID | None
    about_type: str
    about_id: UUID
    contact_id: UUID | None
    channel: str
    purpose: str
    message_id: str
    status: str
    attempts: int
    reason: str | None
    reply_code: int | None
    not_after: datetime
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    is_being_sent: bool | None = None


class Money(Model):
    """An amount in the currency's minor unit; sums never cross currencies."""

    currency: str
    amount_minor: int


class NotificationListItem(Model):
    """A notification; `text` is in the language of the request, `label` names a record that one may read."""

    id: UUID | None = None
    version: int | None = None
    kind: str | None = None
    about_type: str | None = None
    about_id: UUID | None = None
    facts: dict[str, Any] | None = None
    label: str | None = None
    text: str | None = None
    read_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class NotificationRead(Model):
    """A notification; `text` is in the language of the request, `label` names a record that one may read."""

    id: UUID
    version: int
    kind: str
    about_type: str
    about_id: UUID
    facts: dict[str, Any]
    label: str | None
    text: str
    read_at: datetime | None
    created_at: datetime
    updated_at: datetime


class OpeningOut(Model):
    """Hours of work on one day."""

    begins: str
    ends: str


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


class OwnDayOut(Model):
    """A day that is otherwise."""

    day: date
    name: str | None
    hours: tuple[OpeningOut, ...]


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


class QueueListItem(Model):
    """A queue."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    assignment: str | None = None
    member_ids: tuple[UUID, ...] | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class QueueRead(Model):
    """A queue."""

    id: UUID
    version: int
    name: str
    assignment: str
    member_ids: tuple[UUID, ...]
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class RecoveryCodes(Model):
    """Codes for the day that the app is lost, each good for one sign-in; they are never shown again."""

    codes: tuple[str, ...]


class Redelivery(Model):
    """How many deliveries begin again; with `has_more`, ask again for the rest."""

    count: int
    has_more: bool


class Revealed(Model):
    """The field that was asked for, in the clear, under its own name and alone."""

    phone: str | None = None


class RoleListItem(Model):
    """A role."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    permissions: dict[str, str] | None = None
    fields_: dict[str, str] | None = Field(default=None, alias="fields")
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
    fields_: dict[str, str] = Field(alias="fields")
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


class Satisfaction(Model):
    """What customers said of tickets resolved in the time asked for, from 1 to 5. `finished` tickets are resolved or closed; of those `asked`, so many answered."""

    finished: int
    asked: int
    answered: int
    average: float | None
    distribution: dict[str, int]
    response_rate: float | None


class SatisfactionRow(Model):
    """One group."""

    finished: int
    asked: int
    answered: int
    average: float | None
    distribution: dict[str, int]
    response_rate: float | None
    key: str | None
    label: str | None = None


class SecondFactorRead(Model):
    """Whether a sign-in asks you for a code, since when, and how many recovery codes are left."""

    is_on: bool
    since: datetime | None
    recovery_codes_left: int


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


class SlaPolicyListItem(Model):
    """An SLA policy."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    position: int | None = None
    calendar_id: UUID | None = None
    priorities: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    tiers: tuple[str, ...] | None = None
    targets: tuple[TargetOut, ...] | None = None
    warn_at_percent: int | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class SlaPolicyRead(Model):
    """An SLA policy."""

    id: UUID
    version: int
    name: str
    position: int
    calendar_id: UUID
    priorities: tuple[str, ...]
    categories: tuple[str, ...]
    channels: tuple[str, ...]
    tiers: tuple[str, ...]
    targets: tuple[TargetOut, ...]
    warn_at_percent: int | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class SlaReport(Model):
    """The rows by key."""

    as_of: datetime | None
    rows: tuple[TargetsRow, ...]
    total: Targets


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


class SuppressionListItem(Model):
    """A suppression."""

    id: UUID | None = None
    version: int | None = None
    contact_id: UUID | None = None
    has_address: bool | None = None
    reason: str | None = None
    purpose: str | None = None
    campaign_id: UUID | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class SuppressionRead(Model):
    """A suppression."""

    id: UUID
    version: int
    contact_id: UUID | None
    has_address: bool
    reason: str
    purpose: str | None
    campaign_id: UUID | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class SurveyListItem(Model):
    """A survey; `mail_status` is queued, sent, failed or cancelled where a mail was made."""

    id: UUID | None = None
    version: int | None = None
    ticket_id: UUID | None = None
    contact_id: UUID | None = None
    channel: str | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    score: int | None = None
    comment: str | None = None
    mail_status: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    erased_at: datetime | None = None


class SurveyRead(Model):
    """A survey; `mail_status` is queued, sent, failed or cancelled where a mail was made."""

    id: UUID
    version: int
    ticket_id: UUID
    contact_id: UUID | None
    channel: str
    sent_at: datetime | None
    answered_at: datetime | None
    score: int | None
    comment: str | None
    mail_status: str | None
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None


class TargetOut(Model):
    """The targets of one priority, in business minutes."""

    priority: str
    first_response_minutes: int | None
    resolution_minutes: int | None


class Targets(Model):
    """Both promises of an SLA, of tickets opened in the time asked for."""

    first_response: AnalyticsTarget
    resolution: AnalyticsTarget


class TargetsRow(Model):
    """One group."""

    first_response: AnalyticsTarget
    resolution: AnalyticsTarget
    key: str | None
    label: str | None = None


class TemplateListItem(Model):
    """A template."""

    id: UUID | None = None
    version: int | None = None
    name: str | None = None
    language: str | None = None
    subject: str | None = None
    html: str | None = None
    text: str | None = None
    owner_id: UUID | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class TemplateRead(Model):
    """A template."""

    id: UUID
    version: int
    name: str
    language: str
    subject: str
    html: str
    text: str | None
    owner_id: UUID
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class Test(Model):
    """The delivery of a test event."""

    delivery_id: UUID


class TicketListItem(Model):
    """A ticket; account and contact are shown by the labels that ticketing knows."""

    id: UUID | None = None
    version: int | None = None
    number: str | None = None
    subject: str | None = None
    description: str | None = None
    channel: str | None = None
    category: str | None = None
    tier: str | None = None
    priority: str | None = None
    status: str | None = None
    status_category: str | None = None
    queue_id: UUID | None = None
    owner_id: UUID | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    follower_ids: tuple[UUID, ...] | None = None
    sla_policy_id: UUID | None = None
    opened_at: datetime | None = None
    first_responded_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    first_response_due_at: datetime | None = None
    resolution_due_at: datetime | None = None
    first_response_breached: bool | None = None
    resolution_breached: bool | None = None
    csat_score: int | None = None
    reopened_count: int | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    erased_at: datetime | None = None
    account_name: str | None = None
    contact_name: str | None = None
    queue_name: str | None = None


class TicketMessageListItem(Model):
    """What was said on a ticket; `mail_status` is queued, sent, failed or cancelled where a mail was made."""

    id: UUID | None = None
    version: int | None = None
    ticket_id: UUID | None = None
    kind: str | None = None
    body: str | None = None
    author_id: UUID | None = None
    contact_id: UUID | None = None
    mail_status: str | None = None
    posted_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    erased_at: datetime | None = None


class TicketMessageRead(Model):
    """What was said on a ticket; `mail_status` is queued, sent, failed or cancelled where a mail was made."""

    id: UUID
    version: int
    ticket_id: UUID
    kind: str
    body: str
    author_id: UUID | None
    contact_id: UUID | None
    mail_status: str | None
    posted_at: datetime
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None


class TicketRead(Model):
    """A ticket; account and contact are shown by the labels that ticketing knows."""

    id: UUID
    version: int
    number: str
    subject: str
    description: str | None
    channel: str
    category: str | None
    tier: str | None
    priority: str
    status: str
    status_category: str
    queue_id: UUID | None
    owner_id: UUID | None
    account_id: UUID | None
    contact_id: UUID | None
    follower_ids: tuple[UUID, ...]
    sla_policy_id: UUID | None
    opened_at: datetime
    first_responded_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    first_response_due_at: datetime | None
    resolution_due_at: datetime | None
    first_response_breached: bool | None
    resolution_breached: bool | None
    csat_score: int | None
    reopened_count: int
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None
    account_name: str | None = None
    contact_name: str | None = None
    queue_name: str | None = None


class TicketVolumes(Model):
    """The rows by key; `as_of` is when the newest event counted here was written."""

    as_of: datetime | None
    rows: tuple[VolumeRow, ...]
    total: Volume


class Tokens(Model):
    """An access token for the next minutes, and the refresh token that replaces the one used."""

    access_token: str
    refresh_token: str
    token_type: str | None = None
    expires_in: int
    user_id: UUID


class Unread(Model):
    """How many notifications wait to be read."""

    count: int


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
    is_service: bool | None = None
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
    is_service: bool
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class Volume(Model):
    """How many tickets came, were solved and came back, and how long that took. Each is counted when it happened. `open` are those that are not resolved: now, or at a month's end."""

    opened: int
    resolved: int
    closed: int
    reopened: int
    open: int
    resolution_seconds: Durations
    first_response_seconds: Durations


class VolumeRow(Model):
    """One group."""

    opened: int
    resolved: int
    closed: int
    reopened: int
    open: int
    resolution_seconds: Durations
    first_response_seconds: Durations
    key: str | None
    label: str | None = None


class WebhookListItem(Model):
    """A webhook and how its receiver fares: `health` is ok, failing, or paused until `resume_at`."""

    id: UUID | None = None
    version: int | None = None
    owner_id: UUID | None = None
    name: str | None = None
    description: str | None = None
    url: str | None = None
    types: tuple[str, ...] | None = None
    filter: dict[str, Any] | None = None
    is_active: bool | None = None
    disabled_reason: str | None = None
    previous_secret_until: datetime | None = None
    secret_rotated_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    health: str | None = None
    failures: int | None = None
    failing_since: datetime | None = None
    resume_at: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None


class WebhookRead(Model):
    """A webhook and how its receiver fares: `health` is ok, failing, or paused until `resume_at`."""

    id: UUID
    version: int
    owner_id: UUID
    name: str
    description: str | None
    url: str
    types: tuple[str, ...]
    filter: dict[str, Any] | None
    is_active: bool
    disabled_reason: str | None
    previous_secret_until: datetime | None
    secret_rotated_at: datetime | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    health: str | None = None
    failures: int | None = None
    failing_since: datetime | None = None
    resume_at: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None


class WebhookWithSecret(Model):
    """A webhook with its newest secret, `whsec_…`; nobody can read it again."""

    id: UUID
    version: int
    owner_id: UUID
    name: str
    description: str | None
    url: str
    types: tuple[str, ...]
    filter: dict[str, Any] | None
    is_active: bool
    disabled_reason: str | None
    previous_secret_until: datetime | None
    secret_rotated_at: datetime | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    health: str | None = None
    failures: int | None = None
    failing_since: datetime | None = None
    resume_at: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None
    secret: str
