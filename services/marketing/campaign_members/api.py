"""Campaign members over HTTP, and the links in their mails."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from libs.common.edge import EdgeRoute, Link, Reading, Router, Session, page
from libs.common.listing_schema import listed
from libs.common.problem_texts import preferred_language
from libs.common.problems import NotFound
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from libs.platform.links import LONGEST_TOKEN, opened
from services.marketing.campaign_members import commands, queries
from services.marketing.campaign_members.commands import CLICK, LEAVE, OPEN
from services.marketing.campaign_members.schemas import CampaignMemberRead
from services.marketing.pages import PIXEL, question, thanks

router = Router("/campaigns")
# They stand in mails, not in the API: whoever holds one needs no token.
links = APIRouter(prefix="/l", route_class=EdgeRoute, include_in_schema=False)
Reader = Annotated[Actor, Depends(Needs("campaign:read"))]
Token = Annotated[str, Path(max_length=LONGEST_TOKEN)]
_ID = 16
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_PAGE = _PRIVATE | {
    "Content-Security-Policy": (
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}


@router.get("/{identity}/members", **listed(queries.LISTING, CampaignMemberRead))
async def list_campaign_members(
    identity: UUID, request: Request, reading: Reading, actor: Reader
) -> Response:
    """Return a page of a campaign's members, with what came of each mail."""
    parameters = request.query_params.multi_items()
    return page(await queries.list_page(reading, identity, parameters, actor))


@links.get("/o/{token}", dependencies=[Depends(Link("opened mail"))])
async def open_mail(token: Token, request: Request, session: Session) -> Response:
    """Answer the invisible image of a mail: it was looked at."""
    member_id = _member(opened(session.info["ring"], OPEN, token))
    _demand(await commands.note_open(session, member_id, _agent(request), session.info["now"]))
    return Response(PIXEL, media_type="image/gif", headers=_PRIVATE)


@links.get("/c/{token}", dependencies=[Depends(Link("link of a mail"))])
async def follow_link(token: Token, request: Request, session: Session) -> Response:
    """Lead on to where a link of the template leads, which our own signature names."""
    payload = opened(session.info["ring"], CLICK, token)
    member_id, target = _member(payload[:_ID]), payload[_ID:].decode()
    now = session.info["now"]
    _demand(await commands.note_click(session, member_id, target, _agent(request), now))
    return RedirectResponse(target, 302, headers=_PRIVATE)


@links.get("/u/{token}", dependencies=[Depends(Link("way out of a mail"))])
async def ask_to_unsubscribe(token: Token, request: Request, session: Session) -> Response:
    """Show a button: whoever only looks, as scanners do, changes nothing."""
    member_id = _member(opened(session.info["ring"], LEAVE, token))
    _demand(await queries.find(session, member_id) is not None)
    return HTMLResponse(question(_language(request)), headers=_PAGE)


@links.post("/u/{token}", dependencies=[Depends(Link("way out of a mail"))])
async def unsubscribe(token: Token, request: Request, session: Session) -> Response:
    """Unsubscribe, at one click (RFC 8058) of a mail program or of our own page; twice is once."""
    member_id = _member(opened(session.info["ring"], LEAVE, token))
    _demand(await commands.unsubscribe(session, member_id, session.info["now"]))
    return HTMLResponse(thanks(_language(request)), headers=_PAGE)


def _member(payload: bytes) -> UUID:
    if len(payload) != _ID:
        raise NotFound
    return UUID(bytes=payload)


def _demand(is_there: bool) -> None:  # noqa: FBT001 - it is asked for right here, and nowhere else
    if not is_there:
        raise NotFound


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _language(request: Request) -> str:
    return preferred_language(request.headers.get("accept-language"))
