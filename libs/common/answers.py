"""Kept answers in PostgreSQL, encrypted: the store behind `libs.common.idempotency`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Row, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import DataKey, KekRing, Unreadable, aad_of, seal, unseal
from libs.common.idempotency import KEPT, Answer, Claim, Kept
from libs.common.ids import new_id
from libs.common.journal import keep

_WHERE = " WHERE principal = :principal AND route = :route AND key = :key"
_FIND_EACH = text(
    "SELECT principal, route, key, request_hash, status, headers, body, kept_at FROM idempotency"
    " JOIN unnest(:principals, :routes, :keys) AS asked(principal, route, key) USING (principal, route, key)"
)


class PostgresAnswers:
    """IdempotencyStore over the session of the effect; a body is sealed under a key of its own."""

    def __init__(self, session: AsyncSession, keks: KekRing) -> None:
        self._session, self._keks = session, keks

    async def lock(self, claim: Claim) -> bool:
        """Try the advisory lock of the key, which ends with the transaction."""
        sql = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 7305))")
        return bool((await self._session.execute(sql, {"name": _lock_of(claim)})).scalar_one())

    async def lock_each(self, claims: Sequence[Claim]) -> bool:
        """Try the locks of all these keys."""
        sql = text(
            "SELECT bool_and(pg_try_advisory_xact_lock(hashtextextended(n, 7305))) FROM unnest(:names) n"
        )
        names = bindparam("names", [_lock_of(each) for each in claims], type_=ARRAY(Text()))
        return bool((await self._session.execute(sql.bindparams(names))).scalar_one())

    async def find_each(self, claims: Sequence[Claim]) -> list[Kept | None]:
        """Read and open the rows."""
        parameters = [[each.principal for each in claims], [each.route for each in claims]]
        parameters.append([each.key for each in claims])
        names = zip(("principals", "routes", "keys"), parameters, strict=True)
        bound = [bindparam(name, values, type_=ARRAY(Text())) for name, values in names]
        rows = (await self._session.execute(_FIND_EACH.bindparams(*bound))).all()
        found = {(row.principal, row.route, row.key): row for row in rows}
        return [self._kept(each, found.get((each.principal, each.route, each.key))) for each in claims]

    async def find(self, claim: Claim) -> Kept | None:
        """Read and open the row."""
        sql = text("SELECT request_hash, status, headers, body, kept_at FROM idempotency" + _WHERE)
        return self._kept(claim, (await self._session.execute(sql, _names(claim))).first())

    def _kept(self, claim: Claim, row: Row[Any] | None) -> Kept | None:
        if row is None:
            return None
        body = self._open(claim, row.body)
        return Kept(row.request_hash, Answer(row.status, row.headers, body), row.kept_at)

    async def forget(self, claim: Claim) -> None:
        """Delete the row."""
        await self._session.execute(text("DELETE FROM idempotency" + _WHERE), _names(claim))

    async def keep(self, claim: Claim, answer: Answer) -> None:
        """Hand the row to the journal."""
        row: dict[str, Any] = _names(claim)
        row |= {"request_hash": claim.request_hash.hex(), "status": answer.status, "headers": answer.headers}
        row["subjects"] = [str(each) for each in self._session.info.get("subjects", ())]
        keep(self._session, row | {"body": self._seal(claim, answer.body).hex()})

    def _seal(self, claim: Claim, body: bytes) -> bytes:
        """Return `wrapped key, newline, sealed body`."""
        key = DataKey.mint(str(new_id()))
        sealed = seal(body.decode(), key, _aad(claim))
        return f"{key.key_id}\n{self._keks.wrap(key)}\n{sealed}".encode()

    def _open(self, claim: Claim, stored: bytes) -> bytes:
        try:
            identity, wrapped, sealed = stored.decode().split("\n")
        except ValueError:
            raise Unreadable("no kept answer") from None
        return unseal(sealed, self._keks.unwrap(identity, wrapped), _aad(claim)).encode()


async def forget_old(session: AsyncSession) -> None:
    """Delete the answers that are older than a day, a page at a time."""
    old = "SELECT ctid FROM idempotency WHERE kept_at < :before LIMIT 10000"
    sql = text(f"DELETE FROM idempotency WHERE ctid IN ({old})")
    await session.execute(sql, {"before": session.info["now"] - KEPT})


def _lock_of(claim: Claim) -> str:
    return f"{claim.principal}\x1f{claim.route}\x1f{claim.key}"


def _names(claim: Claim) -> dict[str, Any]:
    return {"principal": claim.principal, "route": claim.route, "key": claim.key}


def _aad(claim: Claim) -> bytes:
    return aad_of("idempotency", claim.principal, claim.route, claim.key)
