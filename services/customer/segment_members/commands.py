"""Who enters and who leaves: by hand, and by what the rules say of whoever changed.

Each command that keeps members up is one bounded step: it takes work that waits, looks at no more contacts
than it was told to, and tells of every entry and exit. One process at a time takes such steps.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.problems import Conflict, StaleVersion
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor, load
from services.customer.conditions import demand_readable, read_rule
from services.customer.contacts.model import Contact
from services.customer.segment_checks import queries as checks
from services.customer.segment_members import queries
from services.customer.segment_members.model import Reason, SegmentMember, member_id
from services.customer.segment_members.schemas import Changed, Snapshot
from services.customer.segments.model import Kind, Segment
from services.customer.segments.queries import Rule, Verdict, is_filling, judge, next_contacts, rules

# Rules in one statement: enough to spare round trips, few enough for the database to plan quickly.
_RULES_AT_ONCE = 16

type Pair = tuple[UUID, UUID]


async def add_members(
    session: AsyncSession, segment_id: UUID, contact_ids: Sequence[UUID], actor: Actor, now: datetime
) -> Changed:
    """Put contacts into a static segment: all of them, or none."""
    segment = await load(session, Segment, segment_id, actor, "segment:update", for_update=True)
    segment.ask_picked()
    wanted = set(contact_ids)
    for contact in await _contacts(session, wanted, actor):
        _ask_present(contact)
    entered = await _enter(session, [(segment_id, each) for each in wanted], Reason.ADDED, now)
    return Changed(changed=entered, unchanged=len(wanted) - entered)


async def remove_members(
    session: AsyncSession, segment_id: UUID, contact_ids: Sequence[UUID], actor: Actor, now: datetime
) -> Changed:
    """Take contacts out of a static segment."""
    segment = await load(session, Segment, segment_id, actor, "segment:update", for_update=True)
    segment.ask_picked()
    wanted = set(contact_ids)
    await _contacts(session, wanted, actor)
    known = await queries.members(session, [member_id(segment_id, each) for each in wanted])
    inside = [each for each in known.values() if each.is_member]
    await _leave(session, [(each, Reason.REMOVED) for each in inside], now)
    return Changed(changed=len(inside), unchanged=len(wanted) - len(inside))


async def remove_member(
    session: AsyncSession, segment_id: UUID, contact_id: UUID, version: int, actor: Actor, now: datetime
) -> SegmentMember:
    """Take one contact out of a static segment."""
    segment = await load(session, Segment, segment_id, actor, "segment:update", for_update=True)
    segment.ask_picked()
    found = await queries.find(session, segment_id, contact_id, actor)
    if found.version != version:
        raise StaleVersion(id=found.id)
    await _leave(session, [(found, Reason.REMOVED)], now)
    return found


async def take_snapshot(
    session: AsyncSession, segment_id: UUID, asked: Snapshot, actor: Actor, now: datetime
) -> Segment:
    """Make a static segment of those who are in this one now; they enter in the background."""
    found = await load(session, Segment, segment_id, actor, "segment:read")
    actor.demand_owner("segment:create", actor.user_id)
    if found.filter is not None:
        demand_readable(read_rule(found.filter), actor.restricted)
    if await is_filling(session, segment_id):
        raise Conflict("segment-filling", id=segment_id)
    details = asked.model_dump() | {"kind": Kind.STATIC, "filter": None, "owner_id": actor.user_id}
    made = Segment.define(details, now, now)
    session.add(made)
    await checks.copy_members(session, found.id, made.id)
    return made


async def check_changed(session: AsyncSession, size: int, now: datetime) -> None:
    """Ask the rules about contacts that changed, or of whom something changed."""
    seen: dict[UUID, set[str]] = defaultdict(set)
    marks = await checks.take_marks(session, size)
    at = [each for each in marks if each.source == "account"]
    for contact_id in await checks.at_accounts(session, at, size) if at else ():
        seen[contact_id].add("account")
    for mark in marks:
        if mark.source != "account":
            seen[mark.record_id].add(mark.source)
    for merged, home in (await queries.homes(session, seen)).items():
        seen[home] |= seen[merged]
    await _part_and_welcome(session, [each for each, found in seen.items() if "contact" in found], now)
    known = await rules(session)
    for found in {frozenset(each) for each in seen.values()}:
        affected = [rule for rule in known if rule.sources & found]
        await _follow(session, affected, [each for each in seen if seen[each] == found], now)


async def check_due(session: AsyncSession, size: int, now: datetime) -> None:
    """Ask the rules about contacts for whom time alone may have changed the answer."""
    due: dict[UUID, list[UUID]] = defaultdict(list)
    for segment_id, contact_id in await checks.take_due(session, now, size):
        due[segment_id].append(contact_id)
    for rule in await rules(session, due):
        await _follow(session, [rule], due[rule.segment_id], now)


async def fill_segment(session: AsyncSession, size: int, now: datetime) -> None:
    """Ask a new rule about the next contacts."""
    filling = await checks.next_filling(session)
    if filling is None:
        return
    # Read after the filling: a rule that is changed from here on is asked about everybody again.
    known = await rules(session, [filling.segment_id])
    contact_ids = await next_contacts(session, filling.after, size) if known else []
    await _follow(session, known, contact_ids, now)
    await checks.fill_on(session, filling, contact_ids[-1] if len(contact_ids) == size else None)


async def enter_copied(session: AsyncSession, size: int, now: datetime) -> None:
    """Let the next contacts of snapshots enter, unless they are gone meanwhile."""
    pairs = await checks.take_additions(session, size)
    there = await queries.present(session, {contact_id for _, contact_id in pairs})
    await _enter(session, [pair for pair in pairs if pair[1] in there], Reason.COPIED, now)


async def _follow(
    session: AsyncSession, asked: Sequence[Rule], contact_ids: Sequence[UUID], now: datetime
) -> None:
    """Let these contacts enter and leave as these rules say."""
    for begin in range(0, len(asked), _RULES_AT_ONCE):
        few = asked[begin : begin + _RULES_AT_ONCE]
        verdicts = await judge(session, few, contact_ids, now)
        if verdicts:
            await _obey(session, verdicts, now)
            timed = {rule.segment_id for rule in few if rule.is_timed}
            turns = [(v.segment_id, v.contact_id, v.turns_at) for v in verdicts if v.segment_id in timed]
            if turns:
                await checks.keep_turns(session, turns)


async def _obey(session: AsyncSession, verdicts: Sequence[Verdict], now: datetime) -> None:
    inside = await queries.inside(session, verdicts)
    said = {(each.segment_id, each.contact_id): each.is_match for each in verdicts}
    entering = [pair for pair, is_match in said.items() if is_match and pair not in inside]
    leaving = [pair for pair, is_match in said.items() if not is_match and pair in inside]
    if entering:
        await _enter(session, entering, Reason.MATCHED, now)
    if leaving:
        known = await queries.members(session, [member_id(*pair) for pair in leaving])
        await _leave(session, [(each, Reason.UNMATCHED) for each in known.values()], now)


async def _part_and_welcome(session: AsyncSession, contact_ids: Sequence[UUID], now: datetime) -> None:
    """Let those who are gone leave every segment, and those who are back return to where they were put."""
    gone = await queries.gone(session, contact_ids)
    if gone:
        held = await queries.held_by(session, gone)
        await _leave(session, [(each, gone[each.contact_id]) for each in held], now)
    back = [each for each in await queries.away(session, contact_ids) if each.enter(Reason.RETURNED, now)]
    await checks.add_to_sizes(session, Counter(each.segment_id for each in back))


async def _enter(session: AsyncSession, pairs: Iterable[Pair], reason: Reason, now: datetime) -> int:
    """Let contacts enter, and return how many were out."""
    ids = {member_id(*pair): pair for pair in pairs}
    known = await queries.members(session, ids)
    entered = Counter[UUID]()
    for identity, (segment_id, contact_id) in sorted(ids.items()):
        member = known.get(identity)
        if member is None:
            session.add(SegmentMember.create(segment_id, contact_id, reason, now))
        if member is None or member.enter(reason, now):
            entered[segment_id] += 1
    await checks.add_to_sizes(session, entered)
    return entered.total()


async def _leave(
    session: AsyncSession, leaving: Sequence[tuple[SegmentMember, Reason]], now: datetime
) -> None:
    for member, reason in leaving:
        member.leave(reason, now)
    left = Counter(member.segment_id for member, _ in leaving)
    await checks.add_to_sizes(session, {segment_id: -count for segment_id, count in left.items()})


async def _contacts(session: AsyncSession, ids: set[UUID], actor: Actor) -> list[Contact]:
    """Return these contacts, all in the actor's scope; UnknownReference otherwise."""
    actor.demand("contact:read")
    found = await queries.seen_contacts(session, ids, actor)
    missing = ids - {each.id for each in found}
    if missing:
        raise UnknownReference(detail=f"contact {min(missing)}")
    return found


def _ask_present(contact: Contact) -> None:
    if contact.erased_at is not None:
        raise Conflict("erased", id=contact.id)
    if contact.deleted_at is not None:
        raise Conflict("deleted", id=contact.id)
    if contact.merged_into_id is not None:
        raise Conflict("merged", id=contact.merged_into_id)
