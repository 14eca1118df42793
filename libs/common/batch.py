"""Batches: a result per item, a transaction per chunk of 50, and one key per item."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from libs.common.answers import PostgresAnswers
from libs.common.db import Aggregate
from libs.common.edge import Door, cause_of, idempotency_key
from libs.common.idempotency import Answer, claim, once
from libs.common.problem_handlers import from_validation
from libs.common.problem_texts import preferred_language
from libs.common.problems import Problem

MOST_ITEMS = 200
_CHUNK = 50

type Effect[T] = Callable[[AsyncSession, T], Awaitable[Aggregate]]


class Batch[T](BaseModel):
    """Up to 200 items; each is validated by itself, so that one bad item does not refuse the rest."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[SkipValidation[T]], Field(min_length=1, max_length=MOST_ITEMS)]


class BatchResult(BaseModel):
    """What became of one item: `id` and `version`, or a `problem`."""

    index: int
    status: int
    id: str | None = None
    version: int | None = None
    problem: dict[str, Any] | None = None


class BatchResults(BaseModel):
    """The results, in the order of the items."""

    results: list[BatchResult]


@dataclass(frozen=True, slots=True)
class Item[T]:
    """One item that passed validation, with its place in the batch."""

    index: int
    raw: bytes
    value: T


async def run_batch[T](request: Request, raws: Sequence[Any], schema: type[T], effect: Effect[T]) -> Response:
    """Run `effect` for each item and answer 200 with a result per item.

    A chunk shares a transaction; when an item fails, the chunk is run again item by item. The request's
    Idempotency-Key becomes one key per item, so a repeated batch does only what is missing.
    """
    language = preferred_language(request.headers.get("accept-language"))
    results: dict[int, dict[str, Any]] = {}
    # A bad key refuses the whole batch, before its first item.
    idempotency_key(request)
    items = list(_valid(raws, schema, results, language))
    for begin in range(0, len(items), _CHUNK):
        chunk = items[begin : begin + _CHUNK]
        try:
            results |= await _together(request, chunk, effect)
        except Problem as problem:
            if len(chunk) == 1:
                results[chunk[0].index] = _refused(chunk[0].index, problem, language)
            else:
                results |= await _one_by_one(request, chunk, effect, language)
    body = {"results": [results[index] for index in range(len(raws))]}
    return Response(orjson.dumps(body, default=str), media_type="application/json")


def _valid[T](
    raws: Sequence[Any], schema: type[T], results: dict[int, dict[str, Any]], language: str
) -> "list[Item[T]]":
    """Return the items that fit the schema, and put a result for each other one."""
    items = []
    for index, raw in enumerate(raws):
        try:
            value = schema.model_validate(raw)  # type: ignore[attr-defined]
            items.append(Item(index, orjson.dumps(raw), value))
        except ValidationError as error:
            errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
            results[index] = _refused(index, from_validation(errors), language)
    return items


async def _together[T](
    request: Request, chunk: list[Item[T]], effect: Effect[T], patience: float | None = None
) -> dict[int, dict[str, Any]]:
    """Run a chunk in one transaction: all of it or nothing."""
    door: Door = request.app.state.door

    async def body(session: AsyncSession) -> dict[int, dict[str, Any]]:
        return {item.index: await _item(request, session, item, effect) for item in chunk}

    return await door.transactions.run(cause_of(request), body, patience=patience)


async def _one_by_one[T](
    request: Request, chunk: list[Item[T]], effect: Effect[T], language: str
) -> dict[int, dict[str, Any]]:
    """Run each item in a transaction of its own.

    The chunk has waited for unknown references already: were each item to wait again, fifty bad ones would
    outlast the request.
    """
    results: dict[int, dict[str, Any]] = {}
    for item in chunk:
        try:
            results |= await _together(request, [item], effect, patience=0)
        except Problem as problem:
            results[item.index] = _refused(item.index, problem, language)
    return results


async def _item[T](
    request: Request, session: AsyncSession, item: Item[T], effect: Effect[T]
) -> dict[str, Any]:
    """Run one item, once per key."""

    async def answer() -> Answer:
        aggregate = await effect(session, item.value)
        result = {"index": item.index, "status": 201, "id": str(aggregate.id), "version": aggregate.version}
        return Answer(201, {}, orjson.dumps(result))

    key = idempotency_key(request)
    if key is None:
        return dict(orjson.loads((await answer()).body))
    door: Door = request.app.state.door
    asked = claim(request.state.principal, f"POST {request.url.path}", f"{key}:{item.index}", item.raw)
    kept = await once(PostgresAnswers(session, door.keks), door.transactions.clock, asked, answer)
    return dict(orjson.loads(kept.body))


def _refused(index: int, problem: Problem, language: str) -> dict[str, Any]:
    return {"index": index, "status": problem.status, "problem": problem.document(language)}
