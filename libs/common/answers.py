"""Kept answers in PostgreSQL, encrypted: the store behind `libs.common.idempotency`."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import DataKey, KekRing, aad_of, seal, unseal
from libs.common.idempotency import KEPT, Answer, Claim, Kept
from libs.common.ids import new_id
from libs.common.journal import keep

_WHERE = " WHERE principal = :principal AND route = :route AND key = :key"


class PostgresAnswers:
    """IdempotencyStore over the session of the effect; a body is sealed under a key of its own."""

    def __init__(self, session: AsyncSession, keks: KekRing) -> None:
        self._session, self._keks = session, keks

    async def lock(self, claim: Claim) -> bool:
        """Try the advisory lock of the key, which ends with the transaction."""
        sql = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 7305))")
        name = f"{claim.principal}\x1f{claim.route}\x1f{claim.key}"
        return bool((await self._session.execute(sql, {"name": name})).scalar_one())

    async def find(self, claim: Claim) -> Kept | None:
        """Read and open the row."""
        sql = text("SELECT request_hash, status, headers, body, kept_at FROM idempotency" + _WHERE)
        row = (await self._session.execute(sql, _names(claim))).first()
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
        identity, wrapped, sealed = stored.decode().split("\n")
        return unseal(sealed, self._keks.unwrap(identity, wrapped), _aad(claim)).encode()


async def forget_old(session: AsyncSession) -> None:
    """Delete the answers that are older than a day, a page at a time."""
    old = "SELECT ctid FROM idempotency WHERE kept_at < :before LIMIT 10000"
    sql = text(f"DELETE FROM idempotency WHERE ctid IN ({old})")
    await session.execute(sql, {"before": session.info["now"] - KEPT})


def _names(claim: Claim) -> dict[str, Any]:
    return {"principal": claim.principal, "route": claim.route, "key": claim.key}


def _aad(claim: Claim) -> bytes:
    return aad_of("idempotency", claim.principal, claim.route, claim.key)
