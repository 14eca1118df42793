"""The story through the public API, in the order in which records refer to each other.

Everything has an external id, so a run that stopped half-way is finished by the next one.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

import httpx

from deploy.demo import bodies, care, company, outreach
from deploy.demo.client import Api
from deploy.demo.company import external
from deploy.demo.settle import settle
from deploy.demo.story import CONVERTED, Story
from deploy.demo.wire import Json, Refused

BATCH = 50
Say = Callable[[str], None]


async def is_there(api: Api) -> bool:
    """Whether an earlier run came to its end: the marker is what it creates last."""
    marker = bodies.product_body(*company.MARKER)["external_id"]
    found = await api.get("/products", external_system=marker["system"], external_id=marker["id"])
    return bool(found["items"])


async def send(api: Api, story: Story, say: Say = lambda _line: None) -> None:
    """Create everything; raises ValueError with the first problem of a record that is refused."""
    organisation = await send_organisation(api, say)
    accounts = await create(api, "accounts", bodies.account_bodies(story, organisation), say)
    contacts = await create(api, "contacts", bodies.contact_bodies(story, accounts, organisation), say)
    say("what refers to them: waiting until everyone knows accounts and contacts")
    await settle(api)
    campaign = await send_outreach(api, contacts, organisation, say)
    opportunities = bodies.opportunity_bodies(story, accounts, contacts, organisation)
    await create(api, "opportunities", opportunities, say)
    leads = await create(api, "leads", bodies.lead_bodies(story, organisation), say)
    await convert(api, leads[:CONVERTED], story, organisation, say)
    await create(api, "activities", bodies.activity_bodies(story, accounts, contacts, organisation), say)
    await send_care(api, story, accounts, contacts, organisation, say)
    await finish(api, campaign, say)
    await create(api, "products", [bodies.product_body(*company.MARKER)], say)


async def create(api: Api, plural: str, records: Sequence[Json], say: Say) -> list[str]:
    """Ids in the order of the records, of what is new and of what was there already."""
    say(f"{plural}: {len(records)}")
    outcomes = await api.create_all(f"/{plural}", records, size=BATCH)
    refused = [one for one in outcomes if one.id is None or not (one.is_created or one.is_there_already)]
    if refused:
        raise ValueError(f"{len(refused)} {plural} were refused: {refused[0].problem} for {refused[0].item}")
    return [str(one.id) for one in outcomes]


async def send_organisation(api: Api, say: Say) -> bodies.Organisation:
    departments = await send_departments(api, say)
    keys = list(company.ROLES)
    roles = await create(api, "roles", [bodies.role_body(key) for key in keys], say)
    users = await send_users(api, departments, dict(zip(keys, roles, strict=True)), say)
    goods = [bodies.product_body(*product) for product in company.PRODUCTS]
    products = await create(api, "products", goods, say)
    (pipeline,) = await create(api, "pipelines", [bodies.pipeline_body()], say)
    stages = (await api.get(f"/pipelines/{pipeline}"))["stages"]
    by_name = {stage["name"]: stage["id"] for stage in stages}
    return bodies.Organisation(users, products, pipeline, [by_name[stage.name] for stage in company.STAGES])


async def send_departments(api: Api, say: Say) -> dict[str, str]:
    """Level by level, since a department names the one above."""
    ids: dict[str, str] = {}
    while level := [d for d in company.DEPARTMENTS if d.key not in ids and d.parent in {None, *ids}]:
        records: list[Json] = [
            {"name": d.name, "external_id": external("department", d.key)}
            | ({"parent_id": ids[d.parent]} if d.parent else {})
            for d in level
        ]
        ids |= zip((d.key for d in level), await create(api, "departments", records, say), strict=True)
    return ids


async def send_users(
    api: Api, departments: dict[str, str], roles: dict[str, str], say: Say
) -> dict[str, str]:
    """Line by line, since a user names the manager above."""
    ids: dict[str, str] = {}
    while line := [m for m in company.MEMBERS if m.key not in ids and m.manager in {None, *ids}]:
        records = [bodies.user_body(m, departments, roles, ids) for m in line]
        ids |= zip((m.key for m in line), await create(api, "users", records, say), strict=True)
    return ids


async def convert(
    api: Api, leads: Sequence[str], story: Story, organisation: bodies.Organisation, say: Say
) -> None:
    """Turn leads into account, contact and opportunity; one that is converted already stays so."""
    say(f"leads converted: {len(leads)}")

    async def one(key: int, lead: str) -> None:
        opportunity = bodies.conversion_body(story, key, organisation)
        async with api.limit:
            try:
                await api.post(f"/leads/{lead}/convert", {"opportunity": opportunity})
            except Refused as refused:
                if refused.status != httpx.codes.CONFLICT:
                    raise

    await asyncio.gather(*(one(key, lead) for key, lead in enumerate(leads)))


async def send_outreach(
    api: Api, contacts: Sequence[str], organisation: bodies.Organisation, say: Say
) -> str:
    """Consents, segments, templates, and a campaign that is on its way; its id."""
    owner = organisation.users[company.LOGIN]
    await send_consents(api, contacts, say)
    vip, pilots = await create(api, "segments", outreach.segment_bodies(owner), say)
    if (await api.get(f"/segments/{pilots}"))["member_count"] == 0:
        await api.post(f"/segments/{pilots}/members", {"contact_ids": outreach.pilots(contacts)})
    _, chinese = await create(api, "templates", outreach.template_bodies(owner), say)
    say("what the campaign refers to: waiting until marketing knows segment and consents")
    await settle(api)
    body = outreach.campaign_body(chinese, vip, owner)
    (campaign,) = await create(api, "campaigns", [body], say)
    if (await api.get(f"/campaigns/{campaign}"))["status"] == "draft":
        await api.post(f"/campaigns/{campaign}/launch", {})
    return campaign


async def send_consents(api: Api, contacts: Sequence[str], say: Say) -> None:
    """What contacts agreed to, and took back; once, for there is no external id to tell a repeat."""
    if (await api.get("/consents", limit=1))["items"]:
        return
    given = outreach.consent_bodies(contacts)
    say(f"consents: {len(given)}")
    outcomes = await api.create_all("/consents", given, size=BATCH)
    if refused := [one.problem for one in outcomes if not one.is_created]:
        raise ValueError(f"{len(refused)} consents were refused: {refused[0]}")
    for body in outreach.withdrawal_bodies(contacts):
        await api.post("/consents/withdraw", body)


async def send_care(
    api: Api,
    story: Story,
    accounts: Sequence[str],
    contacts: Sequence[str],
    organisation: bodies.Organisation,
    say: Say,
) -> None:
    """Hours, promises, queues, and the tickets of half a year."""
    calendars = await create(api, "calendars", care.calendar_bodies(), say)
    await create(api, "sla-policies", [care.policy_body(calendars[0])], say)
    queues = await create(api, "queues", care.queue_bodies(organisation.users), say)
    by_language = dict(zip(("en", "zh"), queues, strict=True))
    tickets = care.ticket_bodies(story.tickets, accounts, contacts, by_language, organisation.users)
    await create(api, "tickets", tickets, say)


async def finish(api: Api, campaign: str, say: Say, *, patience: float = 60.0) -> None:
    """Return once everyone whom the campaign may write to has his mail; TimeoutError when that takes long."""
    say("the campaign: waiting until the last mail has left")
    until = time.monotonic() + patience
    while (found := await api.get(f"/campaigns/{campaign}"))["status"] != "finished":
        if time.monotonic() > until:
            raise TimeoutError(f"The campaign is {found['status']}: {found['counts']}.")
        await asyncio.sleep(0.2)
