"""A forgotten password over HTTP."""

from fastapi import Depends, Request, Response

from libs.common.edge import Public, Router, Session
from libs.common.problem_answers import to_response
from libs.common.problems import responses
from services.auth.origins import Origin
from services.auth.password_resets import commands
from services.auth.password_resets.schemas import PasswordResetAsk, PasswordResetConfirm

router = Router("/auth/password-reset")
_OPEN = Depends(Public("Whoever forgot his password cannot sign in."))


@router.post("", status_code=204, dependencies=[_OPEN], responses=responses(429))
async def ask_password_reset(body: PasswordResetAsk, request: Request, session: Session) -> Response:
    """Have a link mailed by which a new password can be set, if there is such a user."""
    refused = await commands.ask_reset(session, body, Origin.of(request))
    if refused:
        return to_response(refused, request.headers.get("accept-language"))
    return Response(status_code=204)


@router.post("/confirm", status_code=204, dependencies=[_OPEN], responses=responses(400, 409))
async def confirm_password_reset(body: PasswordResetConfirm, session: Session) -> Response:
    """Set a password by a mailed link, a reset's or an invitation's; it works once, and ends all sessions."""
    await commands.confirm_reset(session, body)
    return Response(status_code=204)
