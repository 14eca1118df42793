"""Facts of customer as other services read them, valid by default, named by small numbers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.crypto import DataKey
from libs.contracts.customer import (
    AccountCreated,
    AccountFact,
    AccountState,
    ActivityFact,
    ActivityLogged,
    ActivityState,
    ContactCreated,
    ContactFact,
    ContactState,
)
from libs.platform.subjects.keyring import KeysAtHand
from libs.platform.subjects.sealing import seal_model

DAY = datetime(2026, 2, 3, 9, tzinfo=UTC)
type Facts = Mapping[str, Any] | None
_TIMES = {"created_at": DAY, "updated_at": DAY}


def account(
    number: int,
    kind: type[AccountFact] = AccountCreated,
    facts: Mapping[str, Any] | None = None,
    **state: Any,
) -> AccountFact:
    given: dict[str, Any] = {"id": UUID(int=number), "name": f"Account {number}", "owner_id": UUID(int=2)}
    made = AccountState(**(_TIMES | given | state))
    return kind(account_id=made.id, occurred_at=DAY, state=made, **(facts or {}))


def contact(
    number: int,
    kind: type[ContactFact] = ContactCreated,
    facts: Mapping[str, Any] | None = None,
    **state: Any,
) -> ContactFact:
    """A contact whose subject has the same number."""
    id = UUID(int=number)
    given: dict[str, Any] = {"id": id, "subject_id": id, "owner_id": UUID(int=2), "family_name": "Lovelace"}
    made = ContactState(**(_TIMES | given | state))
    return kind(contact_id=made.id, occurred_at=DAY, state=made, **(facts or {}))


def activity(
    number: int, kind: type[ActivityFact] = ActivityLogged, at: datetime = DAY, **state: Any
) -> ActivityFact:
    """A call whose subject has the same number."""
    id = UUID(int=number)
    given: dict[str, Any] = {"id": id, "subject_id": id, "owner_id": UUID(int=2), "kind": "call"}
    made = ActivityState(**(_TIMES | given | {"subject": "About the offer"} | state))
    return kind(activity_id=made.id, occurred_at=at, state=made)


def sealed(event: Any, *keys: DataKey) -> dict[str, Any]:
    """The event's body as it leaves its service."""
    return seal_model(event, KeysAtHand({UUID(key.key_id): key for key in keys}))
