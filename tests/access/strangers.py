"""Callers who are not to see somebody's records, and who come to them by every id that a route takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from libs.platform.directory.entries import Entry
from tests.access.documents import Documented, for_users
from tests.access.forgeries import DISABLED, MASTER, REVOKED, good
from tests.access.places import SHARED, UNKNOWN, Place, kind_of, places, plain, request
from tests.access.seeding import Made
from tests.access.stand import Answer, Headers, Stand
from tests.api import bearer, colleague, through_key
from tests.factories.directory import api_key, department, user

VICTIM, OWN, PEER, BELOW, REPORT, POWERLESS, ROLELESS = 3, 4, 5, 6, 7, 8, 9
NARROW_KEY, OUTSIDERS_KEY = 511, 512
# One of these may be named in a record of one's own without being seen: that says that it exists, no more.
NAMED = frozenset({"users"})
# Planted in the victim's records; nobody else has these words.
MARKS = ("Namesake", "@victim.example")


@dataclass(frozen=True)
class Stranger:
    """A caller; `is_partly` says that he may do everything, but not to the victim's records."""

    name: str
    headers: Headers
    statuses: frozenset[int]
    is_partly: bool = False


@dataclass
class Findings:
    """What was tried, and what came of it that should not."""

    cases: int = 0
    faults: list[str] = field(default_factory=list)


def people() -> list[Entry]:
    """The victim's department is number 10 of 1, which the numbers of others begin with."""
    return [
        *(department(number, parent=1) for number in (10, 100)),
        department(101, parent=100),
        department(1),
        *colleague(VICTIM, {"*:*": "own"}, department=10, manager=MASTER),
        *colleague(OWN, {"*:*": "own"}, department=10),
        *colleague(PEER, {"*:*": "department"}, department=101),
        *colleague(BELOW, {"*:*": "tree"}, department=100),
        *colleague(REPORT, {"*:*": "subordinates"}, department=10, manager=VICTIM),
        *colleague(POWERLESS, {"nothing:read": "all"}, department=10),
        user(ROLELESS, department=10),
        api_key(NARROW_KEY, OWN, ["nothing:read"]),
        api_key(OUTSIDERS_KEY, PEER, ["*:*"]),
    ]


def strangers() -> list[Stranger]:
    """Everybody who tries."""
    refused, forbidden = frozenset({401}), frozenset({403})
    of = {number: list(bearer(number).items()) for number in range(1, 10)}
    revoked = [("Authorization", f"Bearer {good(sid=str(REVOKED))}")]
    partly = [
        ("in scope of himself", of[OWN]),
        ("of another department", of[PEER]),
        ("of another branch", of[BELOW]),
        ("who reports to the victim", of[REPORT]),
        ("through a key of another", list(through_key(PEER, OUTSIDERS_KEY).items())),
    ]
    return [
        Stranger("nobody", [], refused),
        Stranger("disabled", of[DISABLED], refused),
        Stranger("in a revoked session", revoked, refused),
        Stranger("without the permission", of[POWERLESS], forbidden),
        Stranger("without a role", of[ROLELESS], forbidden),
        Stranger("through a narrow key", list(through_key(OWN, NARROW_KEY).items()), forbidden),
        *(Stranger(name, headers, frozenset(), is_partly=True) for name, headers in partly),
    ]


def tried(routes: Sequence[Documented]) -> list[Place]:
    """Every place of every route that asks who one is; a stream that never ends has no answer to compare."""
    return [place for route in for_users(routes) if not route.is_endless for place in places(route)]


def cases(found: Sequence[Place]) -> Iterator[tuple[Place, Stranger]]:
    """Yield who tries what: whoever may do everything may also name, and see, what is everybody's."""
    for place in found:
        for stranger in strangers():
            if not (stranger.is_partly and SHARED & {place.kind, kind_of(place.route.path)}):
                yield place, stranger


async def attempt(stand: Stand, place: Place, stranger: Stranger, made: Made, findings: Findings) -> None:
    """Ask for the victim's record and for one that is not there, and compare."""
    ids = made[place.kind], str(UNKNOWN)
    answers = [await asked(stand, place, id, stranger.headers, made) for id in ids]
    findings.cases += 1
    fault = _fault(place, stranger, answers, ids)
    if fault:
        told = f"{answers[0].status} {answers[0].content[:200]!r} for {answers[1].status}"
        findings.faults.append(f"{place.title}, {stranger.name}: {fault}: {told}")


async def asked(stand: Stand, place: Place, id: str, headers: Headers, made: Made) -> Answer:
    sent = request(place, id, made)
    return await stand.ask(place.route.service, sent.method, sent.path, [*headers, *sent.headers], sent.body)


def _fault(place: Place, stranger: Stranger, answers: list[Answer], ids: tuple[str, str]) -> str:
    known, unknown = answers
    needed = place.route.marker.permission
    if any(mark in known.content.decode("utf-8", "replace") for mark in MARKS):
        return "shows what is the victim's"
    if stranger.statuses and (needed or stranger.statuses == {401}) and known.status not in stranger.statuses:
        return "is let in"
    if is_naming(place, stranger):
        return "" if known.status < 500 else "fails"
    if known.status != unknown.status or plain(known.content, *ids) != plain(unknown.content, *ids):
        return "tells that there is something"
    return "fails" if known.status >= 500 else ""


def is_naming(place: Place, stranger: Stranger) -> bool:
    """Tell whether the record is only named in one of the caller's own, which may succeed."""
    return stranger.is_partly and place.where == "body" and place.kind in NAMED
