"""customer's events: accounts, contacts, activities, segments and consents, each with its state afterwards.

A merge rewrites no link: `merged_into_id` says where a record lives on, and an unmerge clears it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.events import Event, Personal, State
from libs.contracts.customer_states import AccountState, ActivityState, ContactState
from libs.contracts.imports import ImportCounted, ImportFact

# The shapes belong to this contract, though they are declared in a file of their own.
__all__ = ["AccountState", "ActivityState", "ContactState"]


class AccountFact(Event):
    """A change of one account."""

    account_id: UUID
    state: AccountState


class AccountCreated(AccountFact, type="customer.account.created.v1", key="account_id"):
    """An account was taken in; its state may name a possible duplicate."""


class AccountDetailsChanged(AccountFact, type="customer.account.details_changed.v1", key="account_id"):
    """Facts about the account changed; `changed` names the fields."""

    changed: tuple[str, ...]


class AccountReassigned(AccountFact, type="customer.account.reassigned.v1", key="account_id"):
    """Another user owns the account."""

    from_owner_id: UUID | None


class AccountShared(AccountFact, type="customer.account.shared.v1", key="account_id"):
    """A user may read the account, or change it too (`access`), until `expires_at`."""

    user_id: UUID
    access: str
    expires_at: datetime | None


class AccountUnshared(AccountFact, type="customer.account.unshared.v1", key="account_id"):
    """The account is not shared with a user any more."""

    user_id: UUID


class AccountMergeProposed(AccountFact, type="customer.account.merge_proposed.v1", key="account_id"):
    """The account looks like another one, which was there before."""

    into_id: UUID


class AccountMerged(AccountFact, type="customer.account.merged.v1", key="account_id"):
    """The account lives on in another one."""

    into_id: UUID


class AccountUnmerged(AccountFact, type="customer.account.unmerged.v1", key="account_id"):
    """The merge was undone: the account stands for itself again."""

    from_id: UUID


class AccountDeleted(AccountFact, type="customer.account.deleted.v1", key="account_id"):
    """The account went to the recycle bin."""


class AccountRestored(AccountFact, type="customer.account.restored.v1", key="account_id"):
    """The account came back from the recycle bin."""


class ContactFact(Event):
    """A change of one contact."""

    contact_id: UUID
    state: ContactState


class ContactCreated(ContactFact, type="customer.contact.created.v1", key="contact_id"):
    """A contact was taken in; his state may name a possible duplicate."""


class ContactDetailsChanged(ContactFact, type="customer.contact.details_changed.v1", key="contact_id"):
    """Facts about the contact changed; `changed` names the fields."""

    changed: tuple[str, ...]


class ContactReassigned(ContactFact, type="customer.contact.reassigned.v1", key="contact_id"):
    """Another user owns the contact."""

    from_owner_id: UUID | None


class ContactShared(ContactFact, type="customer.contact.shared.v1", key="contact_id"):
    """A user may read the contact, or change him too (`access`), until `expires_at`."""

    user_id: UUID
    access: str
    expires_at: datetime | None


class ContactUnshared(ContactFact, type="customer.contact.unshared.v1", key="contact_id"):
    """The contact is not shared with a user any more."""

    user_id: UUID


class ContactMergeProposed(ContactFact, type="customer.contact.merge_proposed.v1", key="contact_id"):
    """The contact looks like another one, who was there before."""

    into_id: UUID


class ContactMerged(ContactFact, type="customer.contact.merged.v1", key="contact_id"):
    """The contact lives on in another one."""

    into_id: UUID


class ContactUnmerged(ContactFact, type="customer.contact.unmerged.v1", key="contact_id"):
    """The merge was undone: the contact stands for himself again."""

    from_id: UUID


class ContactDeleted(ContactFact, type="customer.contact.deleted.v1", key="contact_id"):
    """The contact went to the recycle bin."""


class ContactRestored(ContactFact, type="customer.contact.restored.v1", key="contact_id"):
    """The contact came back from the recycle bin."""


class ContactErased(ContactFact, type="customer.contact.erased.v1", key="contact_id"):
    """The person was forgotten; every personal field reads as erased from here on."""


class ActivityFact(Event):
    """A change of one activity."""

    activity_id: UUID
    state: ActivityState


class ActivityPlanned(ActivityFact, type="customer.activity.planned.v1", key="activity_id"):
    """Something is to be done."""


class ActivityLogged(ActivityFact, type="customer.activity.logged.v1", key="activity_id"):
    """Something was done, and written down afterwards."""


class ActivityDetailsChanged(ActivityFact, type="customer.activity.details_changed.v1", key="activity_id"):
    """What, when or with whom changed; `changed` names the fields."""

    changed: tuple[str, ...]


class ActivityReassigned(ActivityFact, type="customer.activity.reassigned.v1", key="activity_id"):
    """Another user is to do it."""

    from_owner_id: UUID | None


class ActivityCompleted(ActivityFact, type="customer.activity.completed.v1", key="activity_id"):
    """It was done."""


class ActivityReopened(ActivityFact, type="customer.activity.reopened.v1", key="activity_id"):
    """It is to be done after all."""


class ActivityDeleted(ActivityFact, type="customer.activity.deleted.v1", key="activity_id"):
    """The activity went to the recycle bin."""


class ActivityRestored(ActivityFact, type="customer.activity.restored.v1", key="activity_id"):
    """The activity came back from the recycle bin."""


class ActivityErased(ActivityFact, type="customer.activity.erased.v1", key="activity_id"):
    """The person it speaks of was forgotten; its free text reads as erased."""


class SegmentState(State):
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


class SegmentMemberState(State):
    """Whether one contact is in one segment now, and why; its id follows from the two."""

    read_with = ("contact", "contact_id")

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


class ConsentState(State):
    """What a contact said last about one purpose on one channel; `status` is given or withdrawn.

    `given_at` and `withdrawn_at` are when he last did so. `subject_id` names the key of proof and reason.
    """

    read_with = ("contact", "contact_id")

    id: UUID
    contact_id: UUID
    subject_id: UUID
    purpose: str
    channel: str
    status: str
    wording_version: str | None = None
    source: str | None = None
    proof: Personal[str] | None = None
    reason: Personal[str] | None = None
    given_at: datetime | None = None
    withdrawn_at: datetime | None = None
    erased_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class SegmentFact(Event):
    """A change of one segment; who is in it is told by its members."""

    segment_id: UUID
    state: SegmentState


class SegmentDefined(SegmentFact, type="customer.segment.defined.v1", key="segment_id"):
    """A segment was made; whom a rule describes enters within seconds."""


class SegmentRedefined(SegmentFact, type="customer.segment.redefined.v1", key="segment_id"):
    """The rule changed; whom the new one does not describe leaves, whom it adds enters."""


class SegmentRenamed(SegmentFact, type="customer.segment.renamed.v1", key="segment_id"):
    """Name or description changed, and nobody's membership."""


class SegmentReassigned(SegmentFact, type="customer.segment.reassigned.v1", key="segment_id"):
    """Another user owns the segment."""

    from_owner_id: UUID | None


class SegmentDeleted(SegmentFact, type="customer.segment.deleted.v1", key="segment_id"):
    """The segment went to the recycle bin; its members stay as they are and are not kept up."""


class SegmentRestored(SegmentFact, type="customer.segment.restored.v1", key="segment_id"):
    """The segment came back from the recycle bin, and is kept up again."""


class SegmentMemberFact(Event):
    """A change of one contact's membership in one segment."""

    segment_member_id: UUID
    state: SegmentMemberState


class SegmentMemberEntered(
    SegmentMemberFact, type="customer.segment-member.entered.v1", key="segment_member_id"
):
    """The contact is in the segment from now on."""


class SegmentMemberLeft(SegmentMemberFact, type="customer.segment-member.left.v1", key="segment_member_id"):
    """The contact is not in the segment any more."""


class ConsentFact(Event):
    """An entry of the consent ledger: about one contact, one purpose, one channel."""

    consent_id: UUID
    state: ConsentState


class ConsentGiven(ConsentFact, type="customer.consent.given.v1", key="consent_id"):
    """The contact agreed, or agreed again; to which wording, and where from, stands in the state."""


class ConsentWithdrawn(ConsentFact, type="customer.consent.withdrawn.v1", key="consent_id"):
    """The contact objected: from now on nothing is sent for this purpose on this channel."""


class ConsentErased(ConsentFact, type="customer.consent.erased.v1", key="consent_id"):
    """The person was forgotten: proof and reason read as erased, the fact and its instants stay."""


class ImportUploaded(ImportFact, type="customer.import.uploaded.v1", key="import_id"):
    """A table was sent; its columns were guessed."""


class ImportMapped(ImportFact, type="customer.import.mapped.v1", key="import_id"):
    """It was said which column fills which field, and what happens to records that are there already."""


class ImportCheckStarted(ImportFact, type="customer.import.check_started.v1", key="import_id"):
    """A dry run began: every row is tried, and nothing is kept."""


class ImportCheckFinished(ImportCounted, type="customer.import.check_finished.v1", key="import_id"):
    """The dry run came to the end: what an import would do now."""


class ImportStarted(ImportFact, type="customer.import.started.v1", key="import_id"):
    """The import began."""


class ImportFinished(ImportCounted, type="customer.import.finished.v1", key="import_id"):
    """Every row was taken in, or refused for a reason that stands beside it."""


class ImportCancelled(ImportCounted, type="customer.import.cancelled.v1", key="import_id"):
    """Somebody stopped the import, or nobody came back to it; what was taken in stays."""


class ImportStopped(ImportCounted, type="customer.import.stopped.v1", key="import_id"):
    """The import could not go on, for the `reason` in its state; what was taken in stays."""
