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
from libs.common.idempotency import Answer, Claim, claim, once_each
from libs.common.problem_texts import preferred_language
from libs.common.problems import Problem
from libs.common.validation import from_validation

MOST_ITEMS = 200
_CHUNK = 50

type Effect[T] = Callable[[AsyncSession, T], Awaitable[Aggregate]]
# The same for all items of a chunk at once: it asks the database for them together.
type Effects[T] = Callable[[AsyncSession, Sequence[T]], Awaitable[Sequence[Aggregate]]]


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
    raw: Any
    value: T


async def run_batch[T](request: Request, raws: Sequence[Any], schema: type[T], effect: Effect[T]) -> Response:
    """Run `effect` for each item and answer 200 with a result per item, as `run_together` does."""

    async def effects(session: AsyncSession, values: Sequence[T]) -> list[Aggregate]:
        return [await effect(session, value) for value in values]

    return await run_together(request, raws, schema, effects)


async def run_together[T](
    request: Request, raws: Sequence[Any], schema: type[T], effects: Effects[T]
) -> Response:
    """Run `effects` for the items, a chunk at a time, and answer 200 with a result per item.

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
            results |= await _together(request, chunk, effects)
        except Problem as problem:
            if len(chunk) == 1:
                results[chunk[0].index] = _refused(chunk[0].index, problem, language)
            else:
                results |= await _one_by_one(request, chunk, effects, language)
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
            items.append(Item(index, raw, value))
        except ValidationError as error:
            errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
            results[index] = _refused(index, from_validation(errors), language)
    return items


async def _together[T](
    request: Request, chunk: list[Item[T]], effects: Effects[T], patience: float | None = None
) -> dict[int, dict[str, Any]]:
    """Run a chunk in one transaction: all of it or nothing."""
    door: Door = request.app.state.door
    key = idempotency_key(request)

    async def body(session: AsyncSession) -> dict[int, dict[str, Any]]:
        if key is None:
            return {each["index"]: each for each in await _done(session, chunk, effects)}

        async def missing(places: list[int]) -> list[Answer]:
            done = await _done(session, [chunk[at] for at in places], effects)
            return [Answer(201, {}, orjson.dumps(each)) for each in done]

        claims = [_claimed(request, key, item) for item in chunk]
        store = PostgresAnswers(session, door.keks)
        kept = await once_each(store, door.transactions.clock, claims, missing)
        return {item.index: orjson.loads(answer.body) for item, answer in zip(chunk, kept, strict=True)}

    return await door.transactions.run(cause_of(request), body, patience=patience)


async def _one_by_one[T](
    request: Request, chunk: list[Item[T]], effects: Effects[T], language: str
) -> dict[int, dict[str, Any]]:
    """Run each item in a transaction of its own.

    The chunk has waited for unknown references already: were each item to wait again, fifty bad ones would
    outlast the request.
    """
    results: dict[int, dict[str, Any]] = {}
    for item in chunk:
        try:
            results |= await _together(request, [item], effects, patience=0)
        except Problem as problem:
            results[item.index] = _refused(item.index, problem, language)
    return results


async def _done[T](
    session: AsyncSession, items: Sequence[Item[T]], effects: Effects[T]
) -> list[dict[str, Any]]:
    """Run items and return their results."""
    made = await effects(session, [item.value for item in items])
    return [
        {"index": item.index, "status": 201, "id": str(each.id), "version": each.version}
        for item, each in zip(items, made, strict=True)
    ]


def _claimed[T](request: Request, key: str, item: Item[T]) -> Claim:
    """Return the claim of one item: the batch's key with its place."""
    route = f"POST {request.url.path}"
    return claim(request.state.principal, route, f"{key}:{item.index}", orjson.dumps(item.raw))


def _refused(index: int, problem: Problem, language: str) -> dict[str, Any]:
    return {"index": index, "status": problem.status, "problem": problem.document(language)}
