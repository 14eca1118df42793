"""What is done with campaign members: taken in, written to at the campaign's pace, answered, let go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.contracts.integration import MessageCancelled, MessageFact, MessageSent
from libs.platform.links import sign
from libs.platform.subjects.keyring import KeysAtHand, load_keys
from services.marketing import rendering
from services.marketing.audience import address_index, is_address, variables
from services.marketing.campaign_members import queries
from services.marketing.campaign_members.model import CampaignMember, Mail, looks_like_a_machine
from services.marketing.campaign_members.queries import Candidate
from services.marketing.campaigns.model import CANCELLED, RUNNING, Campaign
from services.marketing.campaigns.queries import of
from services.marketing.rendering import Links, TooLongToSend, Words
from services.marketing.suppressions.model import BOUNCE, UNSUBSCRIBE, Suppression
from services.marketing.suppressions.queries import standing, suppressed

OPEN, CLICK, LEAVE = "campaign.open", "campaign.click", "campaign.unsubscribe"
_TAKEN_IN, _WRITTEN, _LET_GO = 200, 50, 200
# No more than so many seconds' worth of mails is on its way: what a withdrawal or a pause comes too late for.
_AHEAD = 2
# The mail server says that nobody has this address, or that its host takes no mail at all.
_NO_SUCH_ADDRESS = frozenset({521, 550, 551, 553, 556})
_MOST_CLICKS_TOLD = 100


@dataclass(frozen=True, slots=True)
class Desk:
    """What every mail of a campaign is written with."""

    campaign: Campaign
    words: Words
    ring: KekRing
    public_url: str

    def link(self, opens: str, payload: bytes) -> str:
        """Return where a signed link leads: `/l/o/…`, `/l/c/…` or `/l/u/…`."""
        place = {OPEN: "o", CLICK: "c", LEAVE: "u"}[opens]
        return f"{self.public_url}/l/{place}/{sign(self.ring, opens, payload)}"


async def advance(session: AsyncSession, campaign_id: UUID, public_url: str, now: datetime) -> bool:
    """Do the next part of a campaign's work; True when there is more that need not wait."""
    pace = await queries.hold(session, campaign_id)
    if pace is None:
        return False
    campaign = await of(session, campaign_id)
    if campaign.status == CANCELLED:
        return await _let_go(session, campaign, now)
    if campaign.status != RUNNING:
        return False
    if taken := await queries.take_in(session, campaign.id, _TAKEN_IN):
        session.add_all(
            CampaignMember.add(
                campaign.id, contact_id, purpose=campaign.purpose, channel=campaign.channel, now=now
            )
            for contact_id in taken
        )
        return True
    passed = max(0.0, (now - pace.released_at).total_seconds())
    rate = campaign.throttle_per_second
    return await _release(
        session, campaign, min(float(rate), pace.allowance + passed * rate), public_url, now
    )


async def answer(session: AsyncSession, fact: MessageFact, now: datetime) -> None:
    """Note what became of a member's mail; an address that does not exist is not written to again."""
    member = await queries.find(session, fact.state.about_id)
    if member is None:
        return
    if isinstance(fact, MessageSent):
        member.sent(fact.occurred_at, now)
    elif isinstance(fact, MessageCancelled):
        member.cancelled(fact.state.reason, fact.occurred_at, now)
    else:
        member.failed(fact.state.reason, fact.occurred_at, now)
        if fact.state.reply_code in _NO_SUCH_ADDRESS:
            await _suppress(session, member, BOUNCE, None, now)


async def note_open(session: AsyncSession, identity: UUID, agent: str, now: datetime) -> bool:
    """Count a look at a mail; False when there is no such member."""
    member = await queries.find(session, identity)
    if member is not None:
        is_machine = looks_like_a_machine(agent, member.sent_at, now)
        await queries.count(session, member, "machine_opens" if is_machine else "opens")
        member.opened(now, is_machine=is_machine)
    return member is not None


async def note_click(session: AsyncSession, identity: UUID, target: str, agent: str, now: datetime) -> bool:
    """Count a link that was followed; False when there is no such member."""
    member = await queries.find(session, identity)
    if member is not None:
        is_machine = looks_like_a_machine(agent, member.sent_at, now)
        clicks = await queries.count(session, member, "machine_clicks" if is_machine else "clicks")
        # A loop that follows a link for ever fills a counter, and not the log.
        if clicks <= _MOST_CLICKS_TOLD:
            member.clicked(target, now, is_machine=is_machine)
    return member is not None


async def unsubscribe(session: AsyncSession, identity: UUID, now: datetime) -> bool:
    """Let a member and his address have no more mails of the purpose; twice is once."""
    member = await queries.find(session, identity)
    if member is not None:
        member.unsubscribe(now)
        await _suppress(session, member, UNSUBSCRIBE, member.purpose, now)
    return member is not None


async def _let_go(session: AsyncSession, campaign: Campaign, now: datetime) -> bool:
    """Skip who waits in a campaign that was cancelled."""
    members = await queries.pending(session, campaign.id, _LET_GO)
    for each in members:
        each.skip("campaign-cancelled", now)
    if not members:
        while await queries.take_in(session, campaign.id, _TAKEN_IN):
            pass
        await queries.end(session, campaign.id)
    return bool(members)


async def _release(
    session: AsyncSession, campaign: Campaign, allowance: float, public_url: str, now: datetime
) -> bool:
    """Ask for as many mails as the throttle allows, and as are not too many on their way already."""
    flying = await queries.in_flight(session, campaign.id)
    room = min(int(allowance), _AHEAD * campaign.throttle_per_second - flying, _WRITTEN)
    found = await queries.candidates(session, campaign, room) if room > 0 else []
    if room > 0 and not found and flying == 0:
        campaign.finish(now)
        await queries.end(session, campaign.id)
    if not found:
        return False
    desk = Desk(campaign, await queries.words_of(session, campaign.id), session.info["ring"], public_url)
    asked = await _write_to(session, desk, found, now)
    await queries.spend(session, campaign.id, allowance - asked, now)
    return allowance - asked >= 1


async def _write_to(session: AsyncSession, desk: Desk, found: list[Candidate], now: datetime) -> int:
    """Ask for the mail of everybody who may have one, and skip the others; return how many were asked for."""
    known = [each for each in found if each.contact is not None]
    # Their keys are held, so that nobody is forgotten between the look and the mail.
    subjects = {each.contact.subject_id for each in known}
    keys = await load_keys(session, desk.ring, subjects, hold=True)
    indexes = {
        each.member.id: address_index(desk.ring, each.contact.email)
        for each in known
        if is_address(each.contact.email)
    }
    people, held = await suppressed(
        session, desk.campaign.purpose, [each.member.contact_id for each in found], set(indexes.values())
    )
    written = await queries.addressed(session, desk.campaign.id, set(indexes.values()))
    asked = 0
    for each in found:
        index = indexes.get(each.member.id)
        reason = _obstacle(each, keys, is_held=each.member.contact_id in people or index in held)
        if reason is None and index in written:
            reason = "duplicate-address"
        if reason is None and index is not None:
            reason = _ask(each, desk, index, now)
        if reason is not None:
            each.member.skip(reason, now)
        else:
            asked += 1
            written |= {index} if index else set()
    return asked


def _obstacle(candidate: Candidate, keys: KeysAtHand, *, is_held: bool) -> str | None:
    """Return why a contact gets no mail; None when nothing stands in the way."""
    contact = candidate.contact
    if contact is None or contact.subject_id not in keys.keys:
        return "contact-unknown"
    reasons: Mapping[str, bool] = {
        "contact-erased": contact.erased_at is not None or keys.keys[contact.subject_id] is None,
        "contact-deleted": contact.deleted_at is not None,
        "contact-merged": contact.merged_into_id is not None,
        "no-consent": not candidate.is_consented,
        "suppressed": is_held,
        "no-address": not contact.email,
        "bad-address": not is_address(contact.email),
    }
    return next((reason for reason, stands in reasons.items() if stands), None)


def _ask(candidate: Candidate, desk: Desk, index: str, now: datetime) -> str | None:
    """Write the mail and ask for it; return why that cannot be."""
    member, contact, campaign = candidate.member, candidate.contact, desk.campaign
    own = member.id.bytes
    links = Links(
        unsubscribe=desk.link(LEAVE, own),
        pixel=desk.link(OPEN, own),
        track=lambda target: desk.link(CLICK, own + target.encode()),
    )
    try:
        written = rendering.write(desk.words, variables(contact, campaign.name), links)
    except TooLongToSend:
        return "mail-too-long"
    mail = Mail(
        # The same for every attempt, whoever makes it and whenever.
        message_id=f"<{member.id.hex}@{urlsplit(desk.public_url).hostname}>",
        subject_id=contact.subject_id,
        address_index=index,
        to=contact.email,
        subject_line=written.subject_line,
        html=written.html,
        text=written.text,
        from_name=campaign.from_name,
        reply_to=campaign.reply_to,
        list_unsubscribe_url=links.unsubscribe,
    )
    member.request(mail, now)
    return None


async def _suppress(
    session: AsyncSession, member: CampaignMember, reason: str, purpose: str | None, now: datetime
) -> None:
    """Keep a member's contact and address from mails of a purpose, or of any; twice is once."""
    # Nobody has a bounced address; whoever unsubscribes does so for himself, whatever his address.
    contact_id = None if reason == BOUNCE else member.contact_id
    index = member.address_index
    if (contact_id or index) and await standing(session, contact_id, index, purpose) is None:
        made = Suppression.add(
            contact_id=contact_id,
            address_index=index,
            reason=reason,
            purpose=purpose,
            campaign_id=member.campaign_id,
            now=now,
        )
        session.add(made)
