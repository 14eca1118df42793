"""An account, valid by default."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from services.customer.accounts.model import Account

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def make_account(
    *,
    id: UUID | None = None,
    name: str = "Acme Ltd",
    owner_id: UUID | None = None,
    at: datetime = NOW,
    **details: Any,
) -> Account:
    return Account.create(id or new_id(), {"name": name, "owner_id": owner_id, **details}, at, at)
