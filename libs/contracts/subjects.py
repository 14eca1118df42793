"""Subject keys: how every service that creates persons tells their wrapped data keys, links and erasures.

One compacted topic per minting service, key = subject. Each record is the whole truth about its subject, so
that compaction loses nothing; an erasure is a record with `erased_at`, never a null.
"""

from datetime import datetime
from uuid import UUID

from libs.common.events import Event, State


class SubjectKeyState(State):
    """`wrapped` is the data key under a key-encryption key, and null once the subject is erased."""

    subject_id: UUID
    wrapped: str | None
    erased_at: datetime | None = None
    linked: tuple[UUID, ...] = ()


class SubjectKeyFact(Event):
    """A change of a subject's key."""

    subject_id: UUID
    state: SubjectKeyState


class AuthSubjectKeyMinted(SubjectKeyFact, type="auth.subject-key.minted.v1", key="subject_id"):
    """auth made a key for a user."""


class AuthSubjectKeyRewrapped(SubjectKeyFact, type="auth.subject-key.rewrapped.v1", key="subject_id"):
    """The same key under a newer key-encryption key."""


class AuthSubjectErased(SubjectKeyFact, type="auth.subject-key.erased.v1", key="subject_id"):
    """auth forgot a user: whatever is sealed under his key is unreadable."""


class CustomerSubjectKeyMinted(SubjectKeyFact, type="customer.subject-key.minted.v1", key="subject_id"):
    """customer made a key for a person."""


class CustomerSubjectLinked(SubjectKeyFact, type="customer.subject-key.linked.v1", key="subject_id"):
    """Two of customer's subjects are one person; an erasure takes both."""


class CustomerSubjectKeyRewrapped(SubjectKeyFact, type="customer.subject-key.rewrapped.v1", key="subject_id"):
    """The same key under a newer key-encryption key."""


class CustomerSubjectErased(SubjectKeyFact, type="customer.subject-key.erased.v1", key="subject_id"):
    """customer forgot a person: whatever is sealed under his key is unreadable."""


class SalesSubjectKeyMinted(SubjectKeyFact, type="sales.subject-key.minted.v1", key="subject_id"):
    """sales made a key for a person."""


class SalesSubjectLinked(SubjectKeyFact, type="sales.subject-key.linked.v1", key="subject_id"):
    """A subject of sales is the same person as another one; an erasure takes both."""


class SalesSubjectKeyRewrapped(SubjectKeyFact, type="sales.subject-key.rewrapped.v1", key="subject_id"):
    """The same key under a newer key-encryption key."""


class SalesSubjectErased(SubjectKeyFact, type="sales.subject-key.erased.v1", key="subject_id"):
    """sales forgot a person: whatever is sealed under his key is unreadable."""


class TicketingSubjectKeyMinted(SubjectKeyFact, type="ticketing.subject-key.minted.v1", key="subject_id"):
    """ticketing made a key for the free text of a ticket without contact."""


class TicketingSubjectLinked(SubjectKeyFact, type="ticketing.subject-key.linked.v1", key="subject_id"):
    """A subject of ticketing is the same person as another one; an erasure takes both."""


class TicketingSubjectKeyRewrapped(
    SubjectKeyFact, type="ticketing.subject-key.rewrapped.v1", key="subject_id"
):
    """The same key under a newer key-encryption key."""


class TicketingSubjectErased(SubjectKeyFact, type="ticketing.subject-key.erased.v1", key="subject_id"):
    """ticketing forgot a person: whatever is sealed under his key is unreadable."""
