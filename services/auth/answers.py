"""Answers about somebody's own sign-in."""

from fastapi import Request, Response
from pydantic import BaseModel

from libs.common.problem_answers import to_response
from libs.common.problems import Problem

_NEVER_STORED = {"Cache-Control": "no-store"}


def answer(request: Request, shown: BaseModel | Problem | None) -> Response:
    """A refusal is answered, not raised: what it leaves in the database must be committed."""
    if shown is None:
        return Response(status_code=204)
    if isinstance(shown, Problem):
        return to_response(shown, request.headers.get("accept-language"))
    return Response(shown.model_dump_json(), media_type="application/json", headers=_NEVER_STORED)
