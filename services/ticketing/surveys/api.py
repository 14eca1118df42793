"""Surveys over HTTP: for colleagues, and for the customer who holds a link."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from libs.common.edge import EdgeRoute, Link, Reading, Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.common.problem_texts import preferred_language
from libs.common.problems import responses
from libs.common.validation import from_validation
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from libs.platform.links import opened
from services.ticketing.surveys import commands, queries
from services.ticketing.surveys.schemas import (
    Answer,
    FormAnswer,
    SurveyCreate,
    SurveyRead,
    Thanks,
    question_page,
    thanks_page,
)

router = Router("/surveys")
links = APIRouter(prefix="/l/s", tags=["surveys"], route_class=EdgeRoute)
Reader = Annotated[Actor, Depends(Needs("ticket:read"))]
Editor = Annotated[Actor, Depends(Needs("ticket:update"))]
_HELD = Depends(Link("survey"))
_FORM = "application/x-www-form-urlencoded"
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
}
_TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": Answer.model_json_schema()} for kind in ("application/json", _FORM)},
    }
}
_SHOWN: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}, "description": "The page"}}


@router.get("", **listed(queries.LISTING, SurveyRead))
async def list_surveys(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the surveys about tickets that the caller may read."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, response_model=SurveyRead)
async def record_answer(body: SurveyCreate, session: Session, actor: Editor) -> Response:
    """Write down what a customer said; it answers the survey that he was sent, if there is one."""
    made = await commands.record_answer(session, body, actor, session.info["now"])
    return respond(SurveyRead.model_validate(made), made, 201)


@router.get("/{identity}", response_model=SurveyRead)
async def read_survey(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one survey."""
    return etagged(await queries.read(reads, identity, actor))


@links.get("/{token}", dependencies=[_HELD], response_class=Response, responses=_SHOWN)
async def show_question(token: str, request: Request, reading: Reading) -> Response:
    """Ask the customer who holds the link, on a small page in both languages."""
    number, is_answered = await queries.behind_link(reading, _survey_of(request, token))
    return _page(thanks_page if is_answered else question_page, number, request)


@links.post(
    "/{token}",
    dependencies=[_HELD],
    response_model=Thanks,
    responses=responses(409, 422) | {200: {"content": {"text/html": {}}, "description": "Thanks"}},
    openapi_extra=_TAKES,
)
async def answer_by_link(token: str, request: Request, session: Session) -> Response:
    """Keep the answer of the customer who holds the link, once; as JSON, or from the page's form."""
    is_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
    asked = _read(await request.body(), is_form=is_form)
    ticket = await commands.answer_by_link(session, _survey_of(request, token), asked)
    if is_form:
        return _page(thanks_page, ticket.number, request)
    return Response(Thanks(score=asked.score).model_dump_json(), media_type="application/json")


def _survey_of(request: Request, token: str) -> UUID:
    """Return the survey that a link opens; NotFound for a link that we did not sign."""
    return UUID(bytes=opened(request.app.state.door.keks, commands.LINK, token))


def _read(body: bytes, *, is_form: bool) -> Answer:
    try:
        if not is_form:
            return Answer.model_validate_json(body)
        fields = dict(parse_qsl(body.decode("utf-8", "replace")))
        return Answer.model_validate(FormAnswer.model_validate(fields).model_dump())
    except ValidationError as error:
        errors = error.errors(include_url=False)
        raise from_validation([{**each, "loc": ("body", *each["loc"])} for each in errors]) from error


def _page(render: Callable[[str, str], str], number: str, request: Request) -> Response:
    language = preferred_language(request.headers.get("accept-language"))
    return Response(render(number, language), headers=_PAGE_HEADERS, media_type="text/html")
