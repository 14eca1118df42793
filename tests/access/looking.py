"""Ways to judge a route that reads: which of the known records it may show, and which it showed."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.platform.access.specification import may
from libs.platform.directory.model import Directory
from tests.access.documents import Documented
from tests.access.seeding import Made
from tests.access.stand import Headers, Stand

REFUSALS = {401, 403, 404}
# The kinds that have an owner, as in their path and as in their permission; a consent has its contact's,
# a survey its ticket's, a user himself.
OWNED = {
    "accounts": "account",
    "activities": "activity",
    "api-keys": "api-key",
    "campaigns": "campaign",
    "consents": "consent",
    "contacts": "contact",
    "imports": "import",
    "leads": "lead",
    "messages": "message",
    "opportunities": "opportunity",
    "segments": "segment",
    "surveys": "ticket",
    "templates": "template",
    "tickets": "ticket",
    "users": "user",
    "webhooks": "webhook",
}

type Answered = tuple[set[str], set[str], int]


@dataclass(frozen=True)
class Viewer:
    """Who looks, and what his API key lets through, if that is how he comes."""

    number: int
    id: UUID
    headers: Headers
    truth: Directory
    through: frozenset[str] | None = None

    def may(self, permission: str, owner: UUID | None) -> bool:
        """Tell by the specification."""
        kind, _, action = permission.partition(":")
        is_through = self.through is None or permission in self.through
        return is_through and may(self.truth, self.id, kind, action, owner)

    def holds(self, permission: str) -> bool:
        """Tell whether he has it in any scope: each reaches himself."""
        return self.may(permission, self.id)


@dataclass(frozen=True)
class World:
    """What there is: the records of each owner, and which row of each audit trail tells of whom."""

    stand: Stand
    records: Mapping[UUID, Made]
    trails: Mapping[str, Mapping[str, UUID | None]]

    def of(self, kind: str) -> dict[str, UUID]:
        """The records of a kind, and whose each is."""
        return {made[kind]: owner for owner, made in self.records.items()}

    async def ask(self, route: Documented, viewer: Viewer, query: str = "", **named: object) -> Any:
        """Return the JSON that he is answered; None where he is refused."""
        path = route.at(**named) + query
        answer = await self.stand.ask(route.service, "GET", path, viewer.headers)
        assert answer.status == 200 or answer.status in REFUSALS, (path, answer)
        if answer.status != 200:
            return None
        is_json = answer.headers["content-type"] == "application/json"
        return answer.json() if is_json else answer.content.decode("utf-8", "replace")


type Judge = Callable[[World, Documented, Viewer], Awaitable[Answered]]


def records(kind: str, permission: str) -> Judge:
    """A list, or each record by itself."""

    async def judge(world: World, route: Documented, viewer: Viewer) -> Answered:
        known = world.of(kind)
        shown: Iterable[Any] = ()
        if "{" in route.path:
            shown = [await world.ask(route, viewer, identity=id) for id in known]
        elif page := await world.ask(route, viewer, "?limit=200"):
            shown = page["items"]
        found = {each["id"] for each in shown if each} & known.keys()
        return found, {id for id, owner in known.items() if viewer.may(permission, owner)}, len(known)

    return judge


def shared(kind: str, permission: str) -> Judge:
    """Records that belong to nobody: all of them, or none."""

    async def judge(world: World, route: Documented, viewer: Viewer) -> Answered:
        found, _, cases = await records(kind, permission)(world, route, viewer)
        return found, set(world.of(kind)) if viewer.holds(permission) else set(), cases

    return judge


def below(kind: str, *permissions: str, query: str = "") -> Judge:
    """What hangs on a record: it opens with the record."""

    async def judge(world: World, route: Documented, viewer: Viewer) -> Answered:
        known, found = world.of(kind), set()
        for owner, made in world.records.items():
            asked = query.format(**{name.replace("-", "_"): id for name, id in made.items()})
            if await world.ask(route, viewer, asked, identity=made[kind]) is not None:
                found.add(made[kind])
            assert known[made[kind]] == owner
        return found, {id for id, owner in known.items() if may_all(viewer, permissions, owner)}, len(known)

    return judge


def may_all(viewer: Viewer, permissions: Iterable[str], owner: UUID) -> bool:
    return all(viewer.may(each, owner) for each in permissions)


def alike(kind: str) -> Judge:
    """Those that look like a record: of one's own scope, and only from a record that is in it."""

    async def judge(world: World, route: Documented, viewer: Viewer) -> Answered:
        known, found, allowed = world.of(kind), set(), set()
        permission = f"{OWNED[kind]}:read"
        for id, owner in known.items():
            told = await world.ask(route, viewer, identity=id)
            found |= {id} if told is not None else set()
            found |= {each["id"] for each in told["items"]} & known.keys() if told else set()
            allowed |= {id} if viewer.may(permission, owner) else set()
        return found, allowed, len(known)

    return judge


def gated(permission: str | None) -> Judge:
    """What tells of no record: open to whoever has the permission, or is signed in."""

    async def judge(world: World, route: Documented, viewer: Viewer) -> Answered:
        is_open = await world.ask(route, viewer) is not None
        allowed = is_here(viewer) if permission is None else viewer.holds(permission)
        return {"it"} if is_open else set(), {"it"} if allowed else set(), 1

    return judge


def is_here(viewer: Viewer) -> bool:
    return viewer.truth.users[viewer.id].is_active


def figures(kind: str, query: str, ids: Callable[[Any, Mapping[UUID, Made]], set[str]]) -> Judge:
    """Sums, asked so that each owner's records are counted apart."""

    async def judge(world: World, route: Documented, viewer: Viewer) -> Answered:
        told = await world.ask(route, viewer, query)
        found = ids(told, world.records) if told is not None else set()
        known = world.of(kind)
        permission = f"{OWNED[kind]}:read"
        return found, {id for id, owner in known.items() if viewer.may(permission, owner)}, len(known)

    return judge


def by_owner(kind: str, *counts: str) -> Callable[[Any, Mapping[UUID, Made]], set[str]]:
    """Of rows by owner: those who have something counted."""

    def ids(told: Any, made: Mapping[UUID, Made]) -> set[str]:
        owners = {UUID(each["key"]) for each in told["rows"] if each["key"] and any(map(each.get, counts))}
        return {made[owner][kind] for owner in owners & made.keys()}

    return ids


def by_pipeline(told: Any, made: Mapping[UUID, Made]) -> set[str]:
    """Of the funnel: each owner's opportunity has a pipeline of its own."""
    entered = {each["pipeline_id"] for each in told["stages"] if each["entered"]}
    return {each["opportunities"] for each in made.values() if each["pipelines"] in entered}


def by_id(name: str, field: str, kind: str) -> Callable[[Any, Mapping[UUID, Made]], set[str]]:
    """Of rows that name the record."""

    def ids(told: Any, made: Mapping[UUID, Made]) -> set[str]:
        return {each[field] for each in told[name]} & {each[kind] for each in made.values()}

    return ids
