"""Signing in and out over HTTP, and the public keys."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.edge import Public, Reading, Router, Session
from libs.common.problems import Problem, responses
from libs.platform.access.actor import Actor
from libs.platform.access.edge import SignedIn
from services.auth import origins
from services.auth.answers import answer
from services.auth.origins import Origin
from services.auth.sessions import commands, queries
from services.auth.sessions.schemas import (
    BrowserSession,
    Devices,
    KeySet,
    Me,
    PasswordChange,
    Refresh,
    SignIn,
    Tokens,
)
from services.auth.signing_keys import queries as signing_keys

router = Router("/auth")
Caller = Annotated[Actor, Depends(SignedIn())]
_OPEN = Depends(Public("Whoever signs in has no token yet."))
_KEYS = Depends(Public("Public keys are public."))


@router.post("/sign-in", response_model=Tokens, dependencies=[_OPEN], responses=responses(401, 429))
async def sign_in(body: SignIn, request: Request, session: Session) -> Response:
    """Exchange an e-mail address and a password, and a code where one is asked for, for tokens."""
    return answer(request, await commands.sign_in(session, body, Origin.of(request)))


@router.post("/refresh", response_model=Tokens, dependencies=[_OPEN], responses=responses(401))
async def refresh(body: Refresh, request: Request, session: Session) -> Response:
    """Exchange a refresh token for new tokens; using an old one again ends the session."""
    return answer(request, await commands.refresh(session, body))


@router.post(
    "/web/sign-in", response_model=BrowserSession, dependencies=[_OPEN], responses=responses(401, 403, 429)
)
async def sign_in_browser(body: SignIn, request: Request, session: Session) -> Response:
    """Open a session for a browser: the credential is a cookie that no script can read."""
    origins.demand_ours(request.headers, request.app.state.settings.public_url)
    done = await commands.sign_in_browser(session, body, Origin.of(request))
    if isinstance(done, Problem):
        return answer(request, done)
    shown = BrowserSession.model_validate(done[0], from_attributes=True)
    return origins.set_cookie(answer(request, shown), done[1], shown.expires_at - session.info["now"])


@router.post("/web/sign-out", status_code=204)
async def sign_out_browser(session: Session, actor: Caller) -> Response:
    """End this browser's session everywhere, and take its cookie away."""
    await commands.sign_out(session, actor.session_id)
    done = Response(status_code=204)
    origins.clear_cookie(done)
    return done


@router.post("/sign-out", status_code=204)
async def sign_out(session: Session, actor: Caller) -> Response:
    """End this session everywhere."""
    await commands.sign_out(session, actor.session_id)
    return Response(status_code=204)


@router.get("/sessions", response_model=Devices, responses=responses(403))
async def list_sessions(request: Request, reading: Reading, actor: Caller) -> dict[str, Any]:
    """Return your open sessions: the devices that you are signed in on."""
    now = request.app.state.door.transactions.clock.now()
    return {"devices": await queries.devices(reading, actor, now)}


@router.post("/sessions/revoke-others", status_code=204, responses=responses(403))
async def revoke_other_sessions(session: Session, actor: Caller) -> Response:
    """End all your sessions but this one, everywhere."""
    await commands.revoke_others(session, actor)
    return Response(status_code=204)


@router.post("/sessions/{identity}/revoke", status_code=204, responses=responses(403))
async def revoke_session(identity: UUID, session: Session, actor: Caller) -> Response:
    """End one of your sessions everywhere."""
    await commands.revoke_session(session, identity, actor)
    return Response(status_code=204)


@router.post("/password", status_code=204, responses=responses(400, 403, 429))
async def change_password(
    body: PasswordChange, request: Request, session: Session, actor: Caller
) -> Response:
    """Change your own password; all your sessions end, this one too."""
    return answer(request, await commands.change_password(session, body, actor, Origin.of(request)))


@router.get("/jwks", response_model=KeySet, dependencies=[_KEYS])
async def read_keys(reading: Reading) -> dict[str, Any]:
    """Return the public keys that access tokens are signed with."""
    return {"keys": await signing_keys.public_keys(reading)}


@router.get("/me", response_model=Me, responses=responses(404))
async def read_me(reading: Reading, actor: Caller) -> dict[str, Any]:
    """Return the signed-in user, and how far each of his permissions reaches."""
    return await queries.me(reading, actor)
