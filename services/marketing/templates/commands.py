"""What can be done with a template: load, ask, done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.common.problems import Conflict
from libs.platform.access.actor import Actor, load
from libs.platform.subjects.minting import touch
from services.marketing import rendering
from services.marketing.audience import variables
from services.marketing.rendering import Links, TooLongToSend, Words
from services.marketing.templates import queries
from services.marketing.templates.model import DETAILS, WORDS, Template
from services.marketing.templates.schemas import Previewed, TemplateCreate, TemplateUpdate

# A link that leads nowhere, so that nobody is unsubscribed by looking at a preview.
_NOWHERE = "#"


async def add_template(session: AsyncSession, asked: TemplateCreate, actor: Actor, now: datetime) -> Template:
    """Add a template whose words keep the rules; without an owner the caller owns it."""
    owner_id = asked.owner_id or actor.user_id
    actor.demand_owner("template:create", owner_id)
    details = asked.model_dump(include={*DETAILS})
    rendering.check({name: details[name] for name in WORDS})
    external = await external_columns(session, Template, asked.external_id)
    made = Template.add(details | external | {"owner_id": owner_id}, now)
    session.add(made)
    return made


async def revise_template(
    session: AsyncSession, identity: UUID, version: int, asked: TemplateUpdate, actor: Actor, now: datetime
) -> Template:
    """Change what was sent, and the owner when one was."""
    found = await load(
        session, Template, identity, actor, "template:update", for_update=True, version=version
    )
    details = asked.model_dump(include={*DETAILS}, exclude_unset=True)
    rendering.check({name: details[name] for name in WORDS if name in details})
    if "owner_id" in asked.model_fields_set:
        actor.demand_owner("template:assign", asked.owner_id)
        found.assign(asked.owner_id, now)
    found.revise(details, now)
    return found


async def delete_template(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Template:
    """Put it into the recycle bin; campaigns that were launched go on with its words."""
    found = await load(
        session, Template, identity, actor, "template:delete", for_update=True, version=version
    )
    found.delete(now)
    return found


async def restore_template(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Template:
    """Take it out of the recycle bin."""
    found = await load(session, Template, identity, actor, "template:delete", for_update=True)
    found.restore(now)
    return found


async def preview_template(
    session: AsyncSession, identity: UUID, contact_id: UUID, actor: Actor
) -> Previewed:
    """Return the mail as a contact in the actor's own scope would get it; nothing is sent."""
    found = await load(session, Template, identity, actor, "template:read")
    seen = await queries.recipient(session, contact_id, actor)
    touch(session, seen.subject_id)
    words = Words(found.subject, found.html, found.text, found.language)
    try:
        written = rendering.write(words, variables(seen, found.name), Links(_NOWHERE))
    except TooLongToSend:
        raise Conflict("mail-too-long") from None
    return Previewed(subject=written.subject_line, html=written.html, text=written.text)
