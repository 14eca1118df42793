"""What marketing does when something happened elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.envelope import Envelope
from libs.common.events import aggregate_of
from libs.common.handlers import Handlers, on
from libs.contracts.integration import MessageCancelled, MessageFact, MessageFailed, MessageSent
from libs.contracts.marketing import CampaignMemberMailRequested
from libs.platform.references.people import blank_people
from services.marketing.campaign_members.commands import answer

_OURS = aggregate_of(CampaignMemberMailRequested.topic)


async def take_answer(session: AsyncSession, envelope: Envelope) -> None:
    """Note what became of a mail that a campaign asked for."""
    fact = cast("MessageFact", envelope.event)
    if fact.state.about_type == _OURS:
        await answer(session, fact, session.info["now"])


async def blank(session: AsyncSession, subject_ids: Sequence[UUID], _: datetime) -> None:
    """Forget here whom another service has forgotten."""
    await blank_people(session, subject_ids)


HANDLERS: Handlers = {kind: [on(take_answer)] for kind in (MessageSent, MessageFailed, MessageCancelled)}
