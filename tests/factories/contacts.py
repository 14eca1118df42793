"""A contact, valid by default."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from libs.platform.phones import Phone
from services.customer.contacts.model import Contact

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PHONE = Phone("enc.v1.key.sealed", "index", "last4", "+861380****8000")


def make_contact(
    *,
    id: UUID | None = None,
    family_name: str = "Li",
    given_name: str | None = "Wei",
    email: str | None = "li.wei@example.com",
    phone: Phone | None = None,
    at: datetime = NOW,
    **details: Any,
) -> Contact:
    details = {"subject_id": new_id(), "owner_id": None, **details}
    details |= {"family_name": family_name, "given_name": given_name, "email": email}
    return Contact.create(id or new_id(), details, phone, at, at)
