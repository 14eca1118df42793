"""How each route that reads is judged, by its path."""

import json
from collections.abc import Mapping
from uuid import UUID

from libs.common.positions import encode
from tests.access.documents import Documented
from tests.access.looking import (
    OWNED,
    Answered,
    Judge,
    Viewer,
    World,
    alike,
    below,
    by_id,
    by_owner,
    by_pipeline,
    figures,
    gated,
    is_here,
    may_all,
    records,
    shared,
)
from tests.access.places import PREFIX, SHARED
from tests.access.seeding import Made

# Where a stream begins that is to tell everything.
BEGINNING, LONG_AGO = encode({}), "2020-01-01T00:00:00Z"
SEARCHED = ("accounts", "campaigns", "contacts", "leads", "opportunities")
FED = (*SEARCHED, "segments", "templates", "tickets", "webhooks")
TOLD = ("accounts", "contacts", "opportunities", "tickets", "activities")


async def trail(world: World, route: Documented, viewer: Viewer) -> Answered:
    """What was done by whoever is in one's scope."""
    known = world.trails[route.service]
    first, last = min(map(int, known)), max(map(int, known))
    is_export = route.path.endswith("/export")
    query = f"?id[gte]={first}&id[lte]={last}&" + ("format=ndjson" if is_export else "limit=200")
    told = await world.ask(route, viewer, query)
    lines = map(json.loads, told.splitlines()) if is_export and told else (told or {}).get("items", ())
    permission = f"audit:{'export' if is_export else 'read'}"
    found = {str(each["id"]) for each in lines} & known.keys()
    return found, {id for id, actor in known.items() if viewer.may(permission, actor)}, len(known)


async def search(world: World, route: Documented, viewer: Viewer) -> Answered:
    """All records of each kind have the same word."""
    found, allowed, cases = set(), set(), 0
    for kind in SEARCHED:
        known = world.of(kind)
        told = await world.ask(route, viewer, f"?q=Namesake&limit=50&types={OWNED[kind]}")
        found |= {each["id"] for each in (told or {"items": ()})["items"]} & known.keys()
        allowed |= {id for id, owner in known.items() if viewer.may(f"{OWNED[kind]}:read", owner)}
        cases += len(known)
    return found, allowed, cases


async def timeline(world: World, route: Documented, viewer: Viewer) -> Answered:
    """What happened to an account and to all that hangs on it, for whoever may read the account."""
    found, allowed, cases = set(), set(), 0
    for owner, made in world.records.items():
        told = await world.ask(route, viewer, f"?account_id={made['accounts']}&limit=200")
        known = {made[kind]: OWNED[kind] for kind in TOLD}
        found |= {each["record_id"] for each in (told or {"items": ()})["items"]} & known.keys()
        if viewer.may("account:read", owner):
            allowed |= {id for id, kind in known.items() if viewer.may(f"{kind}:read", owner)}
        cases += len(known)
    return found, allowed, cases


def _fed(world: World, viewer: Viewer) -> tuple[set[str], set[str]]:
    known = {id: (kind, owner) for kind in FED for id, owner in world.of(kind).items()}
    is_open = viewer.holds("event:read")
    allowed = {
        id for id, (kind, owner) in known.items() if is_open and viewer.may(f"{OWNED[kind]}:read", owner)
    }
    return set(known), allowed


async def members(world: World, route: Documented, viewer: Viewer) -> Answered:
    """A segment's one contact, who has the segment's owner: seen with both."""
    found = set()
    for made in world.records.values():
        told = await world.ask(route, viewer, identity=made["segments"])
        ids = {each["contact_id"] for each in (told or {"items": ()})["items"]}
        found |= {made["segments"]} if made["contacts"] in ids else set()
    known = world.of("segments")
    needed = ("segment:read", "contact:read")
    return found, {id for id, owner in known.items() if may_all(viewer, needed, owner)}, len(known)


async def refused_rows(world: World, route: Documented, viewer: Viewer) -> Answered:
    """What an import refused is for its owner alone, whoever else may see that there is one."""
    found, allowed, cases = await below("imports", "import:read")(world, route, viewer)
    own = {made["imports"] for owner, made in world.records.items() if owner == viewer.id}
    return found, allowed & own, cases


async def feed(world: World, route: Documented, viewer: Viewer) -> Answered:
    """Every event from the first on, page by page."""
    known, allowed = _fed(world, viewer)
    found: set[str] = set()
    page = await world.ask(route, viewer, "?limit=200")
    while page is not None:
        found |= {each["subject"] for each in page["items"]} & known
        more = f"?limit=200&cursor={page['next_cursor']}"
        page = await world.ask(route, viewer, more) if page["has_more"] else None
    return found, allowed, len(known)


async def fed(world: World, route: Documented, viewer: Viewer) -> Answered:
    """The same, pushed."""
    known, allowed = _fed(world, viewer)
    lines = await world.stand.begin(route.service, f"{route.path}?cursor={BEGINNING}", viewer.headers)
    told = (json.loads(each) for each in lines)
    return {each["subject"] for each in told if "subject" in each} & known, allowed, len(known)


async def pushed(world: World, route: Documented, viewer: Viewer) -> Answered:
    """One's own notifications, from the first on."""
    path = f"{route.path}?cursor={LONG_AGO}"
    lines = await world.stand.begin(route.service, path, viewer.headers)
    known = world.of("notifications")
    found = {told["id"] for each in lines if "id" in (told := json.loads(each))} & known.keys()
    return found, _is_told(world.records, viewer), len(known)


def _is_told(made: Mapping[UUID, Made], viewer: Viewer) -> set[str]:
    return {made[viewer.id]["notifications"]} if viewer.id in made and is_here(viewer) else set()


async def notified(world: World, route: Documented, viewer: Viewer) -> Answered:
    """One's own, whatever else one may do."""
    found, _, cases = await records("notifications", "notification:read")(world, route, viewer)
    return found, _is_told(world.records, viewer), cases


async def counted(world: World, route: Documented, viewer: Viewer) -> Answered:
    """How many of one's own."""
    told = await world.ask(route, viewer)
    return {str((told or {"count": 0})["count"])}, {str(len(_is_told(world.records, viewer)))}, 1


JUDGES: dict[str, Judge] = {
    "accounts/{identity}/collaborators": below("accounts", "account:read"),
    "accounts/{identity}/duplicates": alike("accounts"),
    "campaigns/{identity}/members": below("campaigns", "campaign:read"),
    "contacts/{identity}/collaborators": below("contacts", "contact:read"),
    "contacts/{identity}/consents": below("contacts", "consent:read"),
    "contacts/{identity}/duplicates": alike("contacts"),
    "imports/{identity}/errors": refused_rows,
    "leads/{identity}/collaborators": below("leads", "lead:read"),
    "leads/{identity}/duplicates": alike("leads"),
    "opportunities/{identity}/collaborators": below("opportunities", "opportunity:read"),
    "segments/{identity}/explain": below(
        "segments", "segment:read", "contact:read", query="?contact_id={contacts}"
    ),
    "tickets/{identity}/collaborators": below("tickets", "ticket:read"),
    "tickets/{identity}/messages": below("tickets", "ticket:read"),
    "webhooks/{identity}/cursor": below("webhooks", "webhook:read"),
    "webhooks/{identity}/deliveries": below("webhooks", "webhook:read"),
    "metrics/campaigns": figures("campaigns", "", by_id("rows", "campaign_id", "campaigns")),
    "metrics/csat": figures("tickets", "?group_by=owner", by_owner("tickets", "finished")),
    "metrics/funnel": figures("opportunities", "", by_pipeline),
    "metrics/sales-performance": figures(
        "opportunities", "?group_by=owner", by_owner("opportunities", "open_count")
    ),
    "metrics/sales-performance/records": figures(
        "opportunities", "?limit=200", by_id("items", "id", "opportunities")
    ),
    "metrics/sla": figures("tickets", "?group_by=owner", by_owner("tickets", "first_response")),
    "metrics/tickets": figures("tickets", "?group_by=owner", by_owner("tickets", "opened")),
    "events": feed,
    "events/stream": fed,
    "notifications/stream": pushed,
    "segments/{identity}/members": members,
    "search": search,
    "timeline": timeline,
    "notifications": notified,
    "notifications/{identity}": notified,
    "notifications/unread-count": counted,
}
# What tells of no record, or of nobody but who asks, and is judged by who gets in.
GATED = frozenset({"auth/me", "auth/second-factor", "auth/sessions", "imports/template", "segments/fields"})


def judge_of(route: Documented) -> Judge | None:
    """Return how a route that reads is judged; None where nobody here knows."""
    path, permission = route.path.removeprefix(PREFIX), route.marker.permission
    kind = path.removesuffix("/{identity}")
    if path in JUDGES:
        return JUDGES[path]
    if path.startswith("audit/"):
        return trail
    if path in GATED or path.startswith("operations/"):
        return gated(permission)
    if permission is not None and kind in OWNED:
        return records(kind, permission)
    return shared(kind, permission) if permission is not None and kind in SHARED else None
