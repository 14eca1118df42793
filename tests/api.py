"""A service's application over a scratch database, with callers who stand in its directory."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter
from joserfc.jwk import OKPKey
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.settings import Settings
from libs.common.tokens import MAX_LIFETIME, Claims, issue
from libs.platform.app import create_app
from libs.platform.directory.entries import Entry
from libs.platform.directory.stream import Row, head_of, keep
from tests.factories.directory import role, uid, user

KEY = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)
SESSION = UUID(int=999)


def signing_key() -> Entry:
    return Entry("signing-key", "test", 1, {"jwk": KEY.as_dict(private=False)})


def colleague(
    number: int,
    permissions: Mapping[str, str],
    *,
    fields: Mapping[str, str] | None = None,
    dv: int = 1,
    **place: Any,
) -> list[Entry]:
    """A user with a role of his own, numbered 1000 above him."""
    of_his = role(1000 + number, permissions, fields=fields, dv=dv)
    return [of_his, user(number, roles=[1000 + number], dv=dv, **place)]


async def seed(database: Database, entries: Sequence[Entry]) -> None:
    """Put entries into the service's directory, as its replica would."""
    found = (signing_key(), *entries)
    rows = [vars_of(each) for each in found]
    async with AsyncSession(database.engine) as session:
        await keep(session, [*rows, head_of(max(each.dv for each in found))])
        await session.commit()


def vars_of(entry: Entry) -> Row:
    """The row that holds an entry."""
    named = {"kind": entry.kind, "id": entry.id, "dv": entry.dv, "type": entry.type or "test"}
    return named | {"data": dict(entry.data), "deleted": entry.deleted}


def token(number: int, *, dv: int = 0, session: UUID = SESSION, is_api_key: bool = False) -> str:
    now = datetime.now(UTC) - timedelta(seconds=1)
    return issue(Claims(uid(number), session, dv, now, now + MAX_LIFETIME, is_api_key), KEY)


def bearer(number: int, *, dv: int = 0) -> dict[str, str]:
    """The header of a caller."""
    return {"Authorization": f"Bearer {token(number, dv=dv)}"}


def through_key(number: int, key: int, *, dv: int = 0) -> dict[str, str]:
    """The header of a program that acts for a user through one of his API keys."""
    return {"Authorization": f"Bearer {token(number, dv=dv, session=uid(key), is_api_key=True)}"}


@asynccontextmanager
async def serving(settings: Settings, routers: Sequence[APIRouter]) -> AsyncIterator[httpx.AsyncClient]:
    """Lend a client of the service's whole application, started and stopped as in production."""
    app = create_app(settings, f"services.{settings.service}", routers)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service/api/v1") as client:
            yield client


def slug(response: httpx.Response) -> str:
    """The last part of a problem's type."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    return str(response.json()["type"]).rsplit("/", 1)[1]
