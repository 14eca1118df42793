"""What no generator thinks of: each is refused by a problem of a stable type, and changes nothing."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.api import slug
from tests.fuzz.running import Running, running

ACCOUNTS = "/api/v1/accounts"
STRANGER = f"{ACCOUNTS}/{UUID(int=404)}"
JSON = {"Content-Type": "application/json"}
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    async with running("customer", folder) as service:
        yield service


@pytest.fixture(scope="module")
async def client(live: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=live.url, headers=live.headers, timeout=30) as opened:
        yield opened


@pytest.fixture(scope="module")
async def account(client: httpx.AsyncClient) -> str:
    """The path of an account at version 1."""
    made = await client.post(ACCOUNTS, json={"name": "Acme"})
    return f"{ACCOUNTS}/{made.json()['id']}"


@dataclass(frozen=True)
class Blow:
    """A request, and the refusal that it deserves; `{account}` in the path is the account's."""

    name: str
    status: int
    slug: str
    content: bytes | None = None
    method: str = "POST"
    path: str = ACCOUNTS
    headers: list[tuple[str, str]] = field(default_factory=list)


def typed(media_type: str) -> tuple[str, str]:
    return "Content-Type", media_type


def body(name: str, status: int, refusal: str, content: Any, **others: Any) -> Blow:
    sent = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Blow(name, status, refusal, sent, headers=[("Content-Type", "application/json")], **others)


def header(name: str, status: int, refusal: str, *given: tuple[str, str], **others: Any) -> Blow:
    sent = [typed("application/json"), *given]
    return Blow(name, status, refusal, b'{"name": "Hostile"}', headers=sent, **others)


def patch(name: str, status: int, refusal: str, version: str, path: str = "{account}") -> Blow:
    return header(name, status, refusal, ("If-Match", version), method="PATCH", path=path)


BLOWS = [
    body("NUL in a text", 422, "malformed", {"name": "a\0b"}),
    body("lone surrogate", 422, "malformed", b'{"name": "\\ud800"}'),
    body(
        "number beyond int8",
        422,
        "malformed",
        {"name": "a", "annual_revenue_minor": 2**63, "currency": "EUR"},
    ),
    body("number without end", 422, "malformed", b'{"name": "a", "employees": ' + b"9" * 5000 + b"}"),
    body("no number at all", 422, "malformed", b'{"name": "a", "employees": NaN}'),
    body("infinite number", 422, "malformed", b'{"name": "a", "employees": 1e999}'),
    body(
        "instant at the end of time",
        422,
        "malformed",
        {"name": "a", "occurred_at": "9999-12-31T23:59:59-12:00"},
    ),
    body("20 MB body", 413, "too-large", b'{"name": "' + b"a" * (20 * MEBIBYTE) + b'"}'),
    body("deep nesting", 422, "malformed", b"[" * 200_000),
    body("deep nesting, closed", 422, "malformed", b'{"name":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    body("a list for an object", 422, "malformed", []),
    body("null for an object", 422, "malformed", None),
    body("no body", 422, "malformed", b""),
    body("half a body", 422, "malformed", b'{"name": "a'),
    body("bad UTF-8", 422, "malformed", b'{"name": "\xff\xfe"}'),
    body("UTF-16", 422, "malformed", '{"name": "a", "unknown": 1}'.encode("utf-16")),
    body("unknown field", 422, "malformed", {"name": "a", "is_admin": True}),
    body("field of the server's", 422, "malformed", {"name": "a", "version": 7}),
    body("unknown id in the body", 409, "unknown-reference", {"name": "a", "parent_id": str(UUID(int=404))}),
    body("batch of nothing", 422, "malformed", {"items": []}, path=f"{ACCOUNTS}/batch"),
    body("batch of too many", 422, "malformed", {"items": [{}] * 201}, path=f"{ACCOUNTS}/batch"),
    Blow(
        "form for JSON",
        422,
        "malformed",
        b"name=a",
        headers=[("Content-Type", "application/x-www-form-urlencoded")],
    ),
    Blow("text for JSON", 422, "malformed", b'{"name": "a"}', headers=[("Content-Type", "text/plain")]),
    Blow("no content type", 422, "malformed", b'{"name": "a"}'),
    header("key over 255", 400, "bad-idempotency-key", ("Idempotency-Key", "k" * 256)),
    header("empty key", 400, "bad-idempotency-key", ("Idempotency-Key", "")),
    header("key that is no ASCII", 400, "bad-idempotency-key", ("Idempotency-Key", "k\xe9y")),
    header("two keys", 400, "bad-idempotency-key", ("Idempotency-Key", "a"), ("Idempotency-Key", "b")),
    header("two credentials", 401, "unauthenticated", ("Authorization", "Bearer x")),
    patch("version that is none", 400, "bad-if-match", '"one"'),
    patch("version of any kind", 400, "bad-if-match", "*"),
    patch("several versions", 400, "bad-if-match", '"1", "2"'),
    patch("version in other digits", 400, "bad-if-match", '"\xb2"'),
    patch("version beyond int8", 400, "bad-if-match", f'"{10**30}"'),
    patch("negative version", 400, "bad-if-match", '"-1"'),
    patch("stale version", 412, "stale-version", '"0"'),
    patch("version of tomorrow", 412, "stale-version", '"99"'),
    patch("unknown id", 404, "not-found", '"1"', STRANGER),
    patch("id that is none", 404, "not-found", '"1"', f"{ACCOUNTS}/1"),
    patch("id with a NUL", 404, "not-found", '"1"', f"{ACCOUNTS}/%00"),
    header("no version", 428, "precondition-required", method="PATCH", path="{account}"),
    Blow(
        "delete of what is not there",
        404,
        "not-found",
        method="DELETE",
        path=STRANGER,
        headers=[("If-Match", "1")],
    ),
    Blow("limit beyond the limit", 400, "bad-limit", method="GET", path=f"{ACCOUNTS}?limit=201"),
    Blow("limit in other digits", 400, "bad-limit", method="GET", path=f"{ACCOUNTS}?limit=%D9%A1"),
    Blow("parameter given twice", 400, "bad-parameter", method="GET", path=f"{ACCOUNTS}?limit=1&limit=2"),
    Blow("unknown parameter", 400, "unknown-parameter", method="GET", path=f"{ACCOUNTS}?owner=1"),
    Blow("NUL in a filter", 400, "bad-filter", method="GET", path=f"{ACCOUNTS}?name=%00"),
    Blow("bad UTF-8 in a cursor", 400, "bad-cursor", method="GET", path=f"{ACCOUNTS}?cursor=%ff%fe"),
    Blow("path that is nowhere", 404, "not-found", method="GET", path="/api/v1/%2e%2e/%00"),
    Blow("method that is not there", 405, "method-not-allowed", method="PUT", path=ACCOUNTS),
]


@pytest.mark.parametrize("blow", BLOWS, ids=lambda blow: blow.name)
async def test_is_refused_and_changes_nothing(
    blow: Blow, live: Running, client: httpx.AsyncClient, account: str
) -> None:
    before = await live.fingerprint()

    path = blow.path.replace("{account}", account)
    headers = [*live.headers.items(), *blow.headers]
    request = httpx.Request(
        blow.method,
        live.url + path,
        headers=[(name.encode(), value.encode("latin-1")) for name, value in headers],
        content=blow.content,
    )
    answer = await client.send(request)

    assert (answer.status_code, slug(answer)) == (blow.status, blow.slug)
    assert answer.json()["status"] == blow.status
    assert await live.fingerprint() == before


async def test_of_a_field_given_twice_the_last_one_counts(client: httpx.AsyncClient) -> None:
    answer = await client.post(ACCOUNTS, content=b'{"name": "first", "name": "last"}', headers=JSON)

    assert (answer.status_code, answer.json()["name"]) == (201, "last")


async def test_a_key_of_255_serves_a_batch(client: httpx.AsyncClient) -> None:
    """Each item gets a key of its own, which is longer."""
    key = {"Idempotency-Key": "k" * 255}
    items = {"items": [{"name": "One"}, {"name": "Two"}]}

    first = await client.post(f"{ACCOUNTS}/batch", json=items, headers=key)
    again = await client.post(f"{ACCOUNTS}/batch", json=items, headers=key)

    assert [each["status"] for each in first.json()["results"]] == [201, 201]
    assert again.json() == first.json()


async def test_a_bad_key_refuses_a_whole_batch(client: httpx.AsyncClient, live: Running) -> None:
    before = await live.fingerprint()

    answer = await client.post(
        f"{ACCOUNTS}/batch", json={"items": [{"name": "One"}]}, headers={"Idempotency-Key": "k" * 256}
    )

    assert (answer.status_code, slug(answer)) == (400, "bad-idempotency-key")
    assert await live.fingerprint() == before


async def test_what_operators_send_is_held_to_the_same(client: httpx.AsyncClient) -> None:
    hostile = {"group": "g", "topic": "a\0b", "key": "k"}

    answer = await client.post("/api/v1/operations/customer/redrive", json=hostile)

    assert (answer.status_code, slug(answer)) == (422, "malformed")


async def test_nothing_of_this_was_a_defect(live: Running) -> None:
    assert "unhandled" not in live.log.read_text("utf-8")
