"""What the generated resources are made of: calls that are parsed, and lists that fetch their pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from plexus_crm.conversation import Request, keyed
from plexus_crm.model import Model

if TYPE_CHECKING:
    import httpx

    from plexus_crm.aio import AsyncClient
    from plexus_crm.client import Client

ID = UUID | str


class Total(Model):
    """How many records match; `capped` says that there are more than `count`."""

    count: int
    capped: bool


class Page[T](Model):
    """One page; its `next_cursor` is None on the last one."""

    items: tuple[T, ...]
    next_cursor: str | None
    total: Total | None = None


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def parsed[T](answer: httpx.Response, form: type[T]) -> T:
    """Return an answer's body as `form`; a file as it is."""
    if form is bytes:
        return answer.content  # type: ignore[return-value]
    if form not in _ADAPTERS:
        _ADAPTERS[form] = TypeAdapter(form)
    found: T = _ADAPTERS[form].validate_json(answer.content)
    return found


def request_of(
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    file: bytes | None = None,
    version: int | None = None,
    key: str | None = None,
) -> Request:
    """Return a method's request: a POST stands under a key, a change under the version that it saw."""
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    if body is not None:
        body = to_jsonable_python(body)
    request = Request(method, path, params_of(query or {}), body, headers, file)
    return keyed(request, key) if method == "POST" else request


def params_of(query: Mapping[str, Any]) -> dict[str, str]:
    """Return query parameters as the API names them: `name__contains` is `name[contains]`."""
    return {_wire(name): _text(value) for name, value in query.items() if value is not None}


def _wire(name: str) -> str:
    stem, _, operator = name.partition("__")
    return f"{stem.rstrip('_')}[{operator}]" if operator else stem.rstrip("_")


def _text(value: Any) -> str:
    plain = to_jsonable_python(value)
    if isinstance(plain, list | tuple):
        return ",".join(map(_text, plain))
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


class Resource:
    """The methods under one path."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def _call[T](self, method: str, path: str, *, answer: type[T] | None, **given: Any) -> T:
        found = self._client.send(request_of(method, path, **given))
        return parsed(found, answer) if answer is not None else None  # type: ignore[return-value]

    def _pages[T](self, path: str, whole: type[T], item: type[Any], *, query: Mapping[str, Any]) -> Pages[T]:
        form = item if "fields" in query else whole
        return Pages(self._client, path, form, query)


class AsyncResource:
    """The methods under one path, for asyncio."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def _call[T](self, method: str, path: str, *, answer: type[T] | None, **given: Any) -> T:
        found = await self._client.send(request_of(method, path, **given))
        return parsed(found, answer) if answer is not None else None  # type: ignore[return-value]

    def _pages[T](
        self, path: str, whole: type[T], item: type[Any], *, query: Mapping[str, Any]
    ) -> AsyncPages[T]:
        form = item if "fields" in query else whole
        return AsyncPages(self._client, path, form, query)


class _List[T]:
    """The request of a list, and how its page is read."""

    def __init__(self, path: str, item: type[T], query: Mapping[str, Any]) -> None:
        self._path = path
        self._query = dict(query)
        self._form: Any = Page[item]  # type: ignore[valid-type]

    def _first(self, **changed: Any) -> Request:
        return request_of("GET", self._path, query={**self._query, **changed})


class Pages[T](_List[T]):
    """A list: `for account in client.accounts.list(country="DE")` fetches page after page."""

    def __init__(self, client: Client, path: str, item: type[T], query: Mapping[str, Any]) -> None:
        super().__init__(path, item, query)
        self._client = client

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def pages(self) -> Iterator[Page[T]]:
        """Return page after page."""
        cursor: str | None = None
        while True:
            page: Page[T] = parsed(self._client.send(self._first(cursor=cursor)), self._form)
            yield page
            if (cursor := page.next_cursor) is None:
                return

    def first(self) -> T | None:
        """Return the first item, None when there is none."""
        page: Page[T] = parsed(self._client.send(self._first(limit=1)), self._form)
        return next(iter(page.items), None)

    def total(self) -> Total | None:
        """Return how many match."""
        page: Page[T] = parsed(self._client.send(self._first(limit=1)), self._form)
        return page.total


class AsyncPages[T](_List[T]):
    """A list: `async for account in client.accounts.list(country="DE")` fetches page after page."""

    def __init__(self, client: AsyncClient, path: str, item: type[T], query: Mapping[str, Any]) -> None:
        super().__init__(path, item, query)
        self._client = client

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Return page after page."""
        cursor: str | None = None
        while True:
            page: Page[T] = parsed(await self._client.send(self._first(cursor=cursor)), self._form)
            yield page
            if (cursor := page.next_cursor) is None:
                return

    async def first(self) -> T | None:
        """Return the first item, None when there is none."""
        page: Page[T] = parsed(await self._client.send(self._first(limit=1)), self._form)
        return next(iter(page.items), None)

    async def total(self) -> Total | None:
        """Return how many match."""
        page: Page[T] = parsed(await self._client.send(self._first(limit=1)), self._form)
        return page.total
