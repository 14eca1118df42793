"""The shapes of customer's records: accounts, contacts and activities after a change."""

from datetime import datetime
from uuid import UUID

from libs.common.events import Personal, Sensitive, State
from libs.contracts.collaborators import SharedState


class RecordState(State):
    """What every record of customer has."""

    id: UUID
    owner_id: UUID | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class AccountState(RecordState, SharedState):
    """A company we deal with."""

    name: str
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
    merged_into_id: UUID | None = None
    possible_duplicate_of_id: UUID | None = None


class ContactState(RecordState, SharedState):
    """A person; `subject_id` names the key of his personal fields."""

    subject_id: UUID
    account_id: UUID | None = None
    family_name: Personal[str]
    given_name: Personal[str] | None = None
    email: Personal[str] | None = None
    phone: Sensitive[str] | None = None
    title: Personal[str] | None = None
    language: str | None = None
    merged_into_id: UUID | None = None
    possible_duplicate_of_id: UUID | None = None
    erased_at: datetime | None = None


class ActivityState(RecordState):
    """A task, call, meeting, e-mail, visit or note; `subject_id` names the key of its free text."""

    subject_id: UUID
    kind: str
    subject: Personal[str]
    body: Personal[str] | None = None
    outcome: Personal[str] | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    erased_at: datetime | None = None
