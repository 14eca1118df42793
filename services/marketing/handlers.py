"""What marketing does when something happened elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.handlers import Handlers
from services.marketing.audience import blank_contacts


async def blank(session: AsyncSession, subject_ids: Sequence[UUID], _: datetime) -> None:
    """Forget here whom another service has forgotten."""
    await blank_contacts(session, subject_ids)


HANDLERS: Handlers = {}
