"""What sales does when something happened elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.handlers import Handlers
from services.sales.leads.commands import erase_subjects


async def blank(session: AsyncSession, subject_ids: Sequence[UUID], _: datetime) -> None:
    """Forget here whom another service has forgotten."""
    await erase_subjects(session, subject_ids, session.info["now"])


HANDLERS: Handlers = {}
