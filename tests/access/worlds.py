"""Random companies that change under their viewers' eyes, and the records that their people own."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.platform.access.actor import Actor
from libs.platform.access.specification import may
from libs.platform.directory.entries import Department, Entry, Role, User
from libs.platform.directory.model import Directory
from tests.factories.directory import api_key, department, role, uid, user

# Written out, each is the beginning of others: 1 of 10, 10 of 101.
PLACES = (1, 2, 10, 11, 12, 20, 21, 100, 101, 110, 111, 200)
NOWHERE, UNKNOWN = 999, 99
PEOPLE = range(1, 21)
ROLES = range(301, 309)
KINDS = ("account", "contact", "ticket", "opportunity")
# A queue's members, among them one whom nobody knows; the last one is empty.
QUEUES: Mapping[int, tuple[int, ...]] = {801: (1, 2, 3, UNKNOWN), 802: (3, 7, 11, 19), 803: ()}
SCOPES = ("own", "subordinates", "department", "tree", "all", "galaxy")
_WEIGHTS = (2, 4, 4, 8, 1, 1)
_NEARLY = ("*:*", "*:*", "account:update", "account:re", "acc", "ticket", "*:read")
CHANGES, VIEWERS = 4, 8
# How far records are shared, and until when; no proof runs for a day.
ACCESS = ("read", "read", "write", "write", "own")
_TODAY = datetime.now(UTC)
ENDS = (None, None, *(_TODAY + timedelta(days) for days in (-400, -1, 1, 400)))


@dataclass(frozen=True, slots=True)
class Record:
    """Whose a record is, the people of the queue in which it waits, and with whom it is shared."""

    owner_id: UUID | None
    members: frozenset[UUID] = frozenset()
    collaborators: tuple[tuple[UUID, str, datetime | None], ...] = ()

    def told(self) -> list[dict[str, Any]] | None:
        """Return the collaborators as a record's state tells them."""
        names = ("user_id", "access", "expires_at")
        found = [dict(zip(names, map(_told, each), strict=True)) for each in self.collaborators]
        return found or None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and what his API key, if that is how he came, lets through."""

    actor: Actor
    through: frozenset[str] | None
    truth: Directory

    def may(self, kind: str, record: Record, action: str = "read") -> bool:
        """Tell by the specification whether he may read a record, or act on it in another way."""
        allowed = self.through is None or not self.through.isdisjoint({f"{kind}:{action}", "*:*"})
        assert self.actor.user_id is not None
        person = (self.truth, self.actor.user_id, kind, action)
        return allowed and may(
            *person, record.owner_id, record.members, record.collaborators, datetime.now(UTC)
        )


def worlds(seed: int) -> Iterator[tuple[str, list[Viewer]]]:
    """Yield viewers of one company after another without end, and again after each of its changes."""
    chance = random.Random(seed)
    number = 0
    while True:
        number += 1
        directory, told = Directory(), Told()
        for change in range(CHANGES):
            news = _changed(chance, dv=2 * change + 1) if change else _founded(chance)
            told.hear(news)
            directory.apply(news)
            viewers = _viewers(chance, directory, told.truth(), dv=2 * change + 2)
            yield f"company {number}, change {change}", viewers


class Told:
    """All entries that were sent, and what they come to by the plainest reading: the newest of each holds."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, str], Entry] = {}

    def hear(self, entries: Iterable[Entry]) -> None:
        for each in entries:
            known = self._newest.get((each.kind, each.id), each)
            self._newest[each.kind, each.id] = max(known, each, key=lambda one: one.dv)

    def truth(self) -> Directory:
        """Return a directory that was put together by hand, for the specification to read."""
        stand = [each for each in self._newest.values() if not each.deleted]
        return Directory(
            users={UUID(each.id): User.read(each) for each in stand if each.kind == "user"},
            departments={UUID(each.id): Department.read(each) for each in stand if each.kind == "department"},
            roles={UUID(each.id): Role.read(each) for each in stand if each.kind == "role"},
        )


def _viewers(chance: random.Random, directory: Directory, truth: Directory, dv: int) -> list[Viewer]:
    """Some people, one of whom may be known to nobody; the first of them comes with an API key."""
    numbers = [*chance.sample(PEOPLE, VIEWERS - 1), chance.choice([*PEOPLE, UNKNOWN])]
    held = frozenset(
        chance.sample([*(f"{kind}:read" for kind in KINDS), "account:update", "lead:read", "*:*"], 3)
    )
    directory.apply([api_key(500, numbers[0], sorted(held), dv=dv)])
    first = Actor(uid(numbers[0]), directory, uid(500), directory.api_keys[uid(500)])
    others = [Viewer(Actor(uid(each), directory), None, truth) for each in numbers[1:]]
    return [Viewer(first, held, truth), *others]


def _founded(chance: random.Random) -> list[Entry]:
    """A tree of departments, mostly, with a department that hangs on nothing and people of a lost one."""
    placed: list[Entry] = []
    for at, number in enumerate(PLACES):
        above = chance.choice(PLACES[:at]) if at else None
        placed.append(department(number, parent=chance.choice([above] * 9 + [NOWHERE])))
    made = [*placed, *(role(number, _permissions(chance)) for number in ROLES)]
    made += [_person(chance, number) for number in PEOPLE]
    chance.shuffle(made)
    return made


def _person(chance: random.Random, number: int, dv: int = 1) -> Entry:
    return user(
        number,
        department=chance.choice([*PLACES, *PLACES, None, NOWHERE]),
        manager=chance.choice([*PEOPLE, None, None, UNKNOWN]),
        roles=chance.sample([*ROLES, 399], chance.choice([0, 1, 1, 1, 1, 2, 3])),
        is_active=chance.random() > 0.15,
        dv=dv,
    )


def _permissions(chance: random.Random) -> dict[str, str]:
    """What a role gives: some kinds, each in a scope; now and then everything."""
    named = [f"{kind}:read" for kind in KINDS if chance.random() < 0.75]
    named += [f"account:{action}" for action in ("update", "share") if chance.random() < 0.5]
    named += chance.sample(_NEARLY, 1) if chance.random() < 0.6 else ()
    return {name: chance.choices(SCOPES, _WEIGHTS)[0] for name in named}


def _changed(chance: random.Random, dv: int) -> list[Entry]:
    """Moves, leavings, a department that is gone, other roles; and old news, which change nothing."""
    moved, gone = chance.sample(PLACES, 2)
    changes = [department(moved, parent=chance.choice([*PLACES, None]), dv=dv)]
    changes.append(department(gone, dv=dv, deleted=True))
    changes += [_person(chance, number, dv) for number in chance.sample(PEOPLE, 3)]
    changes += [role(number, _permissions(chance), dv=dv) for number in chance.sample(ROLES, 2)]
    old = [department(moved, parent=1), *(role(number, {"*:*": "all"}) for number in ROLES[::2])]
    return [*changes, *old]


def owned(first: int, copies: int = 3) -> dict[UUID, Record]:
    """Records of everybody, of one whom nobody knows, and of nobody, numbered from `first` on."""
    owners = [each for each in (*map(uid, PEOPLE), uid(UNKNOWN), None) for _ in range(copies)]
    return {uid(first + at): Record(owner, collaborators=_shared(at)) for at, owner in enumerate(owners)}


def _shared(at: int) -> tuple[tuple[UUID, str, datetime | None], ...]:
    """Every second record has collaborators of all sorts: expired, about to, unknown, of a newer release."""
    chance = random.Random(at)
    people = chance.sample([*PEOPLE, UNKNOWN], chance.randint(1, 4)) if at % 2 else ()
    return tuple((uid(each), chance.choice(ACCESS), chance.choice(ENDS)) for each in sorted(people))


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value if value is None else str(value)


def queued(first: int) -> tuple[dict[UUID, Record], dict[UUID, UUID | None]]:
    """The same, each in a queue or in none; and the queue of each."""
    records, queues = {}, {}
    for at, owner in enumerate([*map(uid, PEOPLE), uid(UNKNOWN), None]):
        for step, queue in enumerate((None, *QUEUES)):
            id = uid(first + 4 * at + step)
            members = frozenset(map(uid, QUEUES.get(queue or 0, ())))
            records[id] = Record(owner, members, _shared(at + step))
            queues[id] = uid(queue) if queue else None
    return records, queues
