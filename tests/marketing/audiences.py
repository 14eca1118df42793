"""What customer told marketing: contacts with their keys, segments with their members, consents."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.crypto import DataKey, KekRing
from libs.common.ids import new_id
from libs.common.testing import kek_file
from libs.platform.references.people import people
from libs.platform.references.tables import reference
from libs.platform.subjects.replica import subject_key_replica
from services.marketing.audience import consents, segment_members
from tests.factories.marketing import NOW

type Store = AsyncSession | AsyncConnection
VERSIONED = {"epoch": 1, "version": 1}


async def know_segment(store: Store, owner_id: UUID | None = None, **facts: Any) -> UUID:
    """A segment that marketing has heard of."""
    row = {"type": "segment", "id": new_id(), "label": "Friends", "owner_id": owner_id, **VERSIONED, **facts}
    await store.execute(insert(reference).values(row))
    found: UUID = row["id"]
    return found


async def know_contact(
    store: Store,
    *,
    segment_id: UUID | None = None,
    email: str | None = "li.wei@example.com",
    agrees: bool = True,
    is_erased: bool = False,
    **facts: Any,
) -> UUID:
    """A contact with a key, a member of the segment, who agreed to mails of the purpose `marketing`."""
    subject_id, contact_id = new_id(), new_id()
    wrapped = KekRing.load(kek_file()).wrap(DataKey.mint(str(subject_id)))
    key: dict[str, Any] = {
        "id": subject_id,
        "wrapped": None if is_erased else wrapped,
        "erased_at": NOW if is_erased else None,
        "linked": [],
        **VERSIONED,
    }
    await store.execute(insert(subject_key_replica).values(key))
    row = {"id": contact_id, "subject_id": subject_id, "email": email, "family_name": "Li", **VERSIONED}
    await store.execute(insert(people).values({**row, "given_name": "Wei", "language": "en", **facts}))
    if segment_id is not None:
        member = {"segment_id": segment_id, "contact_id": contact_id, "is_member": True, **VERSIONED}
        await store.execute(insert(segment_members).values(member))
    if agrees:
        await agree(store, contact_id)
    return contact_id


async def agree(store: Store, contact_id: UUID, *, purpose: str = "marketing") -> None:
    """The contact's consent to mails of a purpose."""
    row = {"contact_id": contact_id, "purpose": purpose, "channel": "email", "is_given": True, **VERSIONED}
    await store.execute(insert(consents).values(row))
