"""What customer tells; generated from docs/events by `python -m tests.sdk.write`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from plexus_crm.event import Event
from plexus_crm.model import Model


class AccountState(Model):
    """A company we deal with."""

    collaborators: tuple[Collaborator, ...] | None = None
    id: UUID
    owner_id: UUID | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None
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


class ActivityState(Model):
    """A task, call, meeting, e-mail, visit or note; `subject_id` names the key of its free text."""

    id: UUID
    owner_id: UUID | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None
    subject_id: UUID
    kind: str
    subject: str | None = None
    body: str | None = None
    outcome: str | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    erased_at: datetime | None = None


class Collaborator(Model):
    """A user beside the owner: `access` is `read`, or `write` which reads too, until `expires_at`."""

    user_id: UUID
    access: str
    expires_at: datetime | None = None


class ConsentState(Model):
    """What a contact said last about one purpose on one channel; `status` is given or withdrawn. `given_at` and `withdrawn_at` are when he last did so. `subject_id` names the key of proof and reason."""

    id: UUID
    contact_id: UUID
    subject_id: UUID
    purpose: str
    channel: str
    status: str
    wording_version: str | None = None
    source: str | None = None
    proof: str | None = None
    reason: str | None = None
    given_at: datetime | None = None
    withdrawn_at: datetime | None = None
    erased_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class ContactState(Model):
    """A person; `subject_id` names the key of his personal fields."""

    collaborators: tuple[Collaborator, ...] | None = None
    id: UUID
    owner_id: UUID | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None
    subject_id: UUID
    account_id: UUID | None = None
    family_name: str | None = None
    given_name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    language: str | None = None
    merged_into_id: UUID | None = None
    possible_duplicate_of_id: UUID | None = None
    erased_at: datetime | None = None


class ImportState(Model):
    """A table of records on its way in; `mapping` says which field each column fills, by its number. Neither the file's name nor anything that stands in it is told."""

    id: UUID
    owner_id: UUID | None
    object: str
    format: str
    size_bytes: int
    status: str
    mapping: dict[str, str]
    match_by: str | None = None
    on_match: str
    reason: str | None = None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    deleted_at: datetime | None = None


class SegmentMemberState(Model):
    """Whether one contact is in one segment now, and why; its id follows from the two."""

    id: UUID
    segment_id: UUID
    contact_id: UUID
    is_member: bool
    reason: str
    entered_at: datetime
    left_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class SegmentState(Model):
    """People described by a rule (dynamic) or picked by hand (static); `filter` is the rule as a tree."""

    id: UUID
    owner_id: UUID | None
    name: str
    description: str | None = None
    kind: str
    filter: dict[str, Any] | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class SubjectKeyState(Model):
    """`wrapped` is the data key under a key-encryption key, and null once the subject is erased."""

    subject_id: UUID
    wrapped: str | None
    erased_at: datetime | None = None
    linked: tuple[UUID, ...] | None = None


class AccountCreated(
    Event, type="customer.account.created.v1", topic="crm.customer.account", key="account_id"
):
    """An account was taken in; its state may name a possible duplicate."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState


class AccountDeleted(
    Event, type="customer.account.deleted.v1", topic="crm.customer.account", key="account_id"
):
    """The account went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState


class AccountDetailsChanged(
    Event, type="customer.account.details_changed.v1", topic="crm.customer.account", key="account_id"
):
    """Facts about the account changed; `changed` names the fields."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState
    changed: tuple[str, ...]


class AccountMergeProposed(
    Event, type="customer.account.merge_proposed.v1", topic="crm.customer.account", key="account_id"
):
    """The account looks like another one, which was there before."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState
    into_id: UUID


class AccountMerged(Event, type="customer.account.merged.v1", topic="crm.customer.account", key="account_id"):
    """The account lives on in another one."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState
    into_id: UUID


class AccountReassigned(
    Event, type="customer.account.reassigned.v1", topic="crm.customer.account", key="account_id"
):
    """Another user owns the account."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState
    from_owner_id: UUID | None


class AccountRestored(
    Event, type="customer.account.restored.v1", topic="crm.customer.account", key="account_id"
):
    """The account came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState


class AccountShared(Event, type="customer.account.shared.v1", topic="crm.customer.account", key="account_id"):
    """A user may read the account, or change it too (`access`), until `expires_at`."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState
    user_id: UUID
    access: str
    expires_at: datetime | None


class AccountUnmerged(
    Event, type="customer.account.unmerged.v1", topic="crm.customer.account", key="account_id"
):
    """The merge was undone: the account stands for itself again."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState
    from_id: UUID


class AccountUnshared(
    Event, type="customer.account.unshared.v1", topic="crm.customer.account", key="account_id"
):
    """The account is not shared with a user any more."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    account_id: UUID
    state: AccountState
    user_id: UUID


class ActivityCompleted(
    Event, type="customer.activity.completed.v1", topic="crm.customer.activity", key="activity_id"
):
    """It was done."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    activity_id: UUID
    state: ActivityState


class ActivityDeleted(
    Event, type="customer.activity.deleted.v1", topic="crm.customer.activity", key="activity_id"
):
    """The activity went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    activity_id: UUID
    state: ActivityState


class ActivityDetailsChanged(
    Event, type="customer.activity.details_changed.v1", topic="crm.customer.activity", key="activity_id"
):
    """What, when or with whom changed; `changed` names the fields."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    activity_id: UUID
    state: ActivityState
    changed: tuple[str, ...]


class ActivityErased(
    Event, type="customer.activity.erased.v1", topic="crm.customer.activity", key="activity_id"
):
    """The person it speaks of was forgotten; its free text reads as erased."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    activity_id: UUID
    state: ActivityState


class ActivityLogged(
    Event, type="customer.activity.logged.v1", topic="crm.customer.activity", key="activity_id"
):
    """Something was done, and written down afterwards."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    activity_id: UUID
    state: ActivityState


class ActivityPlanned(
    Event, type="customer.activity.planned.v1", topic="crm.customer.activity", key="activity_id"
):
    """Something is to be done."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    activity_id: UUID
    state: ActivityState


class ActivityReassigned(
    Event, type="customer.activity.reassigned.v1", topic="crm.customer.activity", key="activity_id"
):
    """Another user is to do it."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    activity_id: UUID
    state: ActivityState
    from_owner_id: UUID | None


class ActivityReopened(
    Event, type="customer.activity.reopened.v1", topic="crm.customer.activity", key="activity_id"
):
    """It is to be done after all."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    activity_id: UUID
    state: ActivityState


class ActivityRestored(
    Event, type="customer.activity.restored.v1", topic="crm.customer.activity", key="activity_id"
):
    """The activity came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    activity_id: UUID
    state: ActivityState


class ConsentErased(Event, type="customer.consent.erased.v1", topic="crm.customer.consent", key="consent_id"):
    """The person was forgotten: proof and reason read as erased, the fact and its instants stay."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    consent_id: UUID
    state: ConsentState


class ConsentGiven(Event, type="customer.consent.given.v1", topic="crm.customer.consent", key="consent_id"):
    """The contact agreed, or agreed again; to which wording, and where from, stands in the state."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    consent_id: UUID
    state: ConsentState


class ConsentWithdrawn(
    Event, type="customer.consent.withdrawn.v1", topic="crm.customer.consent", key="consent_id"
):
    """The contact objected: from now on nothing is sent for this purpose on this channel."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    consent_id: UUID
    state: ConsentState


class ContactCreated(
    Event, type="customer.contact.created.v1", topic="crm.customer.contact", key="contact_id"
):
    """A contact was taken in; his state may name a possible duplicate."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState


class ContactDeleted(
    Event, type="customer.contact.deleted.v1", topic="crm.customer.contact", key="contact_id"
):
    """The contact went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState


class ContactDetailsChanged(
    Event, type="customer.contact.details_changed.v1", topic="crm.customer.contact", key="contact_id"
):
    """Facts about the contact changed; `changed` names the fields."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState
    changed: tuple[str, ...]


class ContactErased(Event, type="customer.contact.erased.v1", topic="crm.customer.contact", key="contact_id"):
    """The person was forgotten; every personal field reads as erased from here on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState


class ContactMergeProposed(
    Event, type="customer.contact.merge_proposed.v1", topic="crm.customer.contact", key="contact_id"
):
    """The contact looks like another one, who was there before."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState
    into_id: UUID


class ContactMerged(Event, type="customer.contact.merged.v1", topic="crm.customer.contact", key="contact_id"):
    """The contact lives on in another one."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState
    into_id: UUID


class ContactReassigned(
    Event, type="customer.contact.reassigned.v1", topic="crm.customer.contact", key="contact_id"
):
    """Another user owns the contact."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState
    from_owner_id: UUID | None


class ContactRestored(
    Event, type="customer.contact.restored.v1", topic="crm.customer.contact", key="contact_id"
):
    """The contact came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState


class ContactShared(Event, type="customer.contact.shared.v1", topic="crm.customer.contact", key="contact_id"):
    """A user may read the contact, or change him too (`access`), until `expires_at`."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState
    user_id: UUID
    access: str
    expires_at: datetime | None


class ContactUnmerged(
    Event, type="customer.contact.unmerged.v1", topic="crm.customer.contact", key="contact_id"
):
    """The merge was undone: the contact stands for himself again."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState
    from_id: UUID


class ContactUnshared(
    Event, type="customer.contact.unshared.v1", topic="crm.customer.contact", key="contact_id"
):
    """The contact is not shared with a user any more."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    contact_id: UUID
    state: ContactState
    user_id: UUID


class ImportCancelled(
    Event, type="customer.import.cancelled.v1", topic="crm.customer.import", key="import_id"
):
    """Somebody stopped the import, or nobody came back to it; what was taken in stays."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    import_id: UUID
    state: ImportState
    rows: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int


class ImportCheckFinished(
    Event, type="customer.import.check_finished.v1", topic="crm.customer.import", key="import_id"
):
    """The dry run came to the end: what an import would do now."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    import_id: UUID
    state: ImportState
    rows: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int


class ImportCheckStarted(
    Event, type="customer.import.check_started.v1", topic="crm.customer.import", key="import_id"
):
    """A dry run began: every row is tried, and nothing is kept."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    import_id: UUID
    state: ImportState


class ImportFinished(Event, type="customer.import.finished.v1", topic="crm.customer.import", key="import_id"):
    """Every row was taken in, or refused for a reason that stands beside it."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    import_id: UUID
    state: ImportState
    rows: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int


class ImportMapped(Event, type="customer.import.mapped.v1", topic="crm.customer.import", key="import_id"):
    """It was said which column fills which field, and what happens to records that are there already."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    import_id: UUID
    state: ImportState


class ImportStarted(Event, type="customer.import.started.v1", topic="crm.customer.import", key="import_id"):
    """The import began."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    import_id: UUID
    state: ImportState


class ImportStopped(Event, type="customer.import.stopped.v1", topic="crm.customer.import", key="import_id"):
    """The import could not go on, for the `reason` in its state; what was taken in stays."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    import_id: UUID
    state: ImportState
    rows: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int


class ImportUploaded(Event, type="customer.import.uploaded.v1", topic="crm.customer.import", key="import_id"):
    """A table was sent; its columns were guessed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    import_id: UUID
    state: ImportState


class SegmentMemberEntered(
    Event,
    type="customer.segment-member.entered.v1",
    topic="crm.customer.segment-member",
    key="segment_member_id",
):
    """The contact is in the segment from now on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    segment_member_id: UUID
    state: SegmentMemberState


class SegmentMemberLeft(
    Event,
    type="customer.segment-member.left.v1",
    topic="crm.customer.segment-member",
    key="segment_member_id",
):
    """The contact is not in the segment any more."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    segment_member_id: UUID
    state: SegmentMemberState


class SegmentDefined(
    Event, type="customer.segment.defined.v1", topic="crm.customer.segment", key="segment_id"
):
    """A segment was made; whom a rule describes enters within seconds."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    segment_id: UUID
    state: SegmentState


class SegmentDeleted(
    Event, type="customer.segment.deleted.v1", topic="crm.customer.segment", key="segment_id"
):
    """The segment went to the recycle bin; its members stay as they are and are not kept up."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    segment_id: UUID
    state: SegmentState


class SegmentReassigned(
    Event, type="customer.segment.reassigned.v1", topic="crm.customer.segment", key="segment_id"
):
    """Another user owns the segment."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    segment_id: UUID
    state: SegmentState
    from_owner_id: UUID | None


class SegmentRedefined(
    Event, type="customer.segment.redefined.v1", topic="crm.customer.segment", key="segment_id"
):
    """The rule changed; whom the new one does not describe leaves, whom it adds enters."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    segment_id: UUID
    state: SegmentState


class SegmentRenamed(
    Event, type="customer.segment.renamed.v1", topic="crm.customer.segment", key="segment_id"
):
    """Name or description changed, and nobody's membership."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    segment_id: UUID
    state: SegmentState


class SegmentRestored(
    Event, type="customer.segment.restored.v1", topic="crm.customer.segment", key="segment_id"
):
    """The segment came back from the recycle bin, and is kept up again."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    segment_id: UUID
    state: SegmentState


class CustomerSubjectErased(
    Event, type="customer.subject-key.erased.v1", topic="crm.customer.subject-key", key="subject_id"
):
    """customer forgot a person: whatever is sealed under his key is unreadable."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class CustomerSubjectLinked(
    Event, type="customer.subject-key.linked.v1", topic="crm.customer.subject-key", key="subject_id"
):
    """Two of customer's subjects are one person; an erasure takes both."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class CustomerSubjectKeyMinted(
    Event, type="customer.subject-key.minted.v1", topic="crm.customer.subject-key", key="subject_id"
):
    """customer made a key for a person."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class CustomerSubjectKeyRewrapped(
    Event, type="customer.subject-key.rewrapped.v1", topic="crm.customer.subject-key", key="subject_id"
):
    """The same key under a newer key-encryption key."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState
