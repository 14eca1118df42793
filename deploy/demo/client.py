"""A client of the public API that survives restarts: it signs in, renews its token, and retries.

Everything it sends can be repeated: a POST stands under an Idempotency-Key, a PATCH under If-Match.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import httpx

from deploy.demo.wire import Call, Json, Outcome, Refused, Unreachable, may_pass, outcome_of, pauses
from deploy.local.tls import trusting

PREFIX = "/api/v1"
BATCH = 200
# Longer than the gateway's 9 s, so that its answer arrives and not our own impatience.
TIMEOUT = 12.0


class Api:
    """The public API as one user sees it; `async with Api(url, email, password) as api:`."""

    def __init__(
        self,
        url: str,
        email: str,
        password: str,
        *,
        ca_file: str | None = None,
        concurrency: int = 4,
        patience: float = 120.0,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.credentials = {"email": email, "password": password}
        self.http = httpx.AsyncClient(
            base_url=url.rstrip("/"), timeout=TIMEOUT, transport=transport, verify=trusting(ca_file)
        )
        self.limit = asyncio.Semaphore(concurrency)
        self.patience = patience
        self.sleep = sleep
        self.run = uuid.uuid4().hex
        self.keys = 0
        self.tokens: Json = {}
        self.signing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._renew("")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()

    @property
    def user_id(self) -> str:
        return str(self.tokens["user_id"])

    async def get(self, path: str, **query: str | int | None) -> Json:
        """Read one document."""
        given = {name: value for name, value in query.items() if value is not None}
        return _json(await self.request(Call("GET", path, given)))

    async def post(self, path: str, body: Json) -> Json:
        """Create or act; a repeat after a lost answer has no second effect."""
        self.keys += 1
        headers = {"Idempotency-Key": f"{self.run}-{self.keys}"}
        return _json(await self.request(Call("POST", path, body=body, headers=headers)))

    async def patch(self, path: str, body: Json, version: int) -> Json:
        """Change a record that is still at `version`."""
        headers = {"If-Match": f'"{version}"'}
        return _json(await self.request(Call("PATCH", path, body=body, headers=headers)))

    async def pages(self, path: str, **query: str | int | None) -> AsyncIterator[Json]:
        """Every page of a list, in order."""
        page = await self.get(path, **query, limit=BATCH)
        yield page
        while page["next_cursor"] is not None:
            page = await self.get(path, **query, limit=BATCH, cursor=page["next_cursor"])
            yield page

    async def all(self, path: str, **query: str | int | None) -> list[Json]:
        """Every item of a list."""
        return [item async for page in self.pages(path, **query) for item in page["items"]]

    async def create_all(
        self,
        path: str,
        items: Sequence[Json],
        *,
        size: int = BATCH,
        done: Callable[[int], None] = lambda _count: None,
    ) -> list[Outcome]:
        """Send items in batches, a few at a time; their outcomes in the items' order."""

        async def send(batch: Sequence[Json]) -> list[Outcome]:
            async with self.limit:
                outcomes = await self.create_batch(path, batch)
            done(len(batch))
            return outcomes

        batches = [items[start : start + size] for start in range(0, len(items), size)]
        sent = await asyncio.gather(*(send(batch) for batch in batches))
        return [outcome for outcomes in sent for outcome in outcomes]

    async def create_batch(self, path: str, items: Sequence[Json]) -> list[Outcome]:
        """Send at most 200 items at once; those refused for a passing reason are sent again."""
        outcomes = await self._send_batch(path, items)
        for pause in pauses(self.patience):
            open_items = [i for i, outcome in enumerate(outcomes) if outcome.may_pass]
            if not open_items:
                break
            await self.sleep(pause)
            again = await self._send_batch(path, [outcomes[i].item for i in open_items])
            for i, outcome in zip(open_items, again, strict=True):
                outcomes[i] = outcome
        return outcomes

    async def _send_batch(self, path: str, items: Sequence[Json]) -> list[Outcome]:
        answer = await self.post(f"{path}/batch", {"items": list(items)})
        results = sorted(answer["results"], key=lambda result: int(result["index"]))
        return [outcome_of(item, result) for item, result in zip(items, results, strict=True)]

    async def request(self, call: Call) -> httpx.Response:
        """One request until it is answered for good; raises Refused or Unreachable."""
        response: httpx.Response | None = None
        for pause in pauses(self.patience):
            token = str(self.tokens["access_token"])
            response = await self._send(call, {"Authorization": f"Bearer {token}"})
            if response is not None and response.is_success:
                return response
            if response is not None and response.status_code == httpx.codes.UNAUTHORIZED:
                await self._renew(token)
            elif not may_pass(response):
                break
            await self.sleep(pause)
        if response is None:
            raise Unreachable(call.path)
        raise Refused(response)

    async def _send(self, call: Call, headers: Mapping[str, str]) -> httpx.Response | None:
        """The answer, or None when there was none."""
        path = PREFIX + call.path
        head = {**call.headers, **headers}
        try:
            return await self.http.request(
                call.method, path, params=dict(call.query), json=call.body, headers=head
            )
        except httpx.TransportError:
            return None

    async def _renew(self, stale: str) -> None:
        """Replace a token that was refused, unless a concurrent request just did."""
        async with self.signing:
            if self.tokens.get("access_token", "") != stale:
                return
            refresh = self.tokens.get("refresh_token")
            renewed = await self._sign("/auth/refresh", {"refresh_token": refresh}) if refresh else None
            self.tokens |= renewed or await self._sign_in()

    async def _sign_in(self) -> Json:
        tokens = await self._sign("/auth/sign-in", self.credentials)
        if tokens is None:
            raise PermissionError(f"{self.credentials['email']} may not sign in.")
        return tokens

    async def _sign(self, path: str, body: Json) -> Json | None:
        """Tokens, or None when they are refused."""
        for pause in pauses(self.patience):
            response = await self._send(Call("POST", path, body=body), {})
            if response is not None and not may_pass(response):
                return _json(response) if response.is_success else None
            await self.sleep(pause)
        raise Unreachable(path)


def _json(response: httpx.Response) -> Json:
    return dict(response.json()) if response.content else {}
