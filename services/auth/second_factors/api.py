"""One's second factor over HTTP."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response

from libs.common.edge import Reading, Router, Session
from libs.common.problems import responses
from libs.platform.access.actor import Actor
from libs.platform.access.edge import SignedIn
from services.auth.answers import answer
from services.auth.origins import Origin
from services.auth.second_factors import commands, queries
from services.auth.second_factors.schemas import (
    Enrollment,
    RecoveryCodes,
    SecondFactorBegin,
    SecondFactorConfirm,
    SecondFactorProof,
    SecondFactorRead,
)

router = Router("/auth/second-factor")
Caller = Annotated[Actor, Depends(SignedIn())]
_REFUSED = responses(403, 404, 409, 429)


@router.get("", response_model=SecondFactorRead, responses=responses(403))
async def read_second_factor(reading: Reading, actor: Caller) -> dict[str, Any]:
    """Return whether a sign-in asks you for a code, and how many recovery codes are left."""
    return await queries.read(reading, actor)


@router.post("/begin", response_model=Enrollment, responses=_REFUSED)
async def begin_second_factor(
    body: SecondFactorBegin, request: Request, session: Session, actor: Caller
) -> Response:
    """Set up an authenticator app; nothing asks for its codes until you have confirmed one."""
    return answer(request, await commands.begin_second_factor(session, body, actor, Origin.of(request)))


@router.post("/confirm", response_model=RecoveryCodes, responses=_REFUSED)
async def confirm_second_factor(
    body: SecondFactorConfirm, request: Request, session: Session, actor: Caller
) -> Response:
    """Turn the second factor on by a code of the app, and get the recovery codes."""
    return answer(request, await commands.confirm_second_factor(session, body, actor, Origin.of(request)))


@router.post("/recovery-codes", response_model=RecoveryCodes, responses=_REFUSED)
async def renew_recovery_codes(
    body: SecondFactorProof, request: Request, session: Session, actor: Caller
) -> Response:
    """Get new recovery codes in place of all earlier ones."""
    return answer(request, await commands.renew_recovery_codes(session, body, actor, Origin.of(request)))


@router.post("/end", status_code=204, responses=_REFUSED)
async def end_second_factor(
    body: SecondFactorProof, request: Request, session: Session, actor: Caller
) -> Response:
    """Turn the second factor off."""
    return answer(request, await commands.end_second_factor(session, body, actor, Origin.of(request)))
