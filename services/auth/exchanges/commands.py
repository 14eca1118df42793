"""Exchanging an opaque credential for a token."""

from dataclasses import replace
from datetime import datetime

from joserfc.jwk import OKPKey
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.problems import Problem, Unauthenticated, Unavailable
from libs.common.tokens import Claims, issue
from libs.platform.directory.model import Directory
from services.auth.exchanges.queries import judge
from services.auth.exchanges.schemas import REMEMBERED, TOKEN_LIFE, Credential, Failures, Grant, Grants
from services.auth.origins import Origin
from services.auth.signing_keys import queries as signing_keys

_REFUSED = {"api-key": "bad-api-key", "cookie": "session-ended"}


class Exchanger:
    """Judges credentials and remembers its judgements; the directory tells which of them have ended."""

    def __init__(self, database: Database, directory: Directory, ring: KekRing) -> None:
        """Take auth's database, the directory in memory, and the keys that signing keys are wrapped under."""
        self._database, self._ring = database, ring
        self._grants = Grants(directory)
        self._failures = Failures()
        self._signer: tuple[OKPKey, datetime] | None = None

    async def exchange(self, credential: Credential, address: str, now: datetime) -> Grant:
        """Return a grant with its token; raises Unauthenticated, 429 for an address that only guesses."""
        grant = self._grants.find(credential, now)
        if grant is None:
            if self._failures.are_too_many(address, now):
                raise Problem("too-many-requests", status=429, headers={"Retry-After": "60"})
            grant = await self._judged(credential, address, now)
            if grant is None:
                self._failures.note(address, now)
                raise Unauthenticated(_REFUSED[credential.kind])
            self._grants.keep(credential, grant)
        return grant

    async def _judged(self, credential: Credential, address: str, now: datetime) -> Grant | None:
        try:
            async with self._database.reading.connect() as connection:
                grant = await judge(connection, credential, Origin(address).masked, now)
            return None if grant is None else replace(grant, token=await self._token(grant, now))
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            raise Unavailable from error

    async def _token(self, grant: Grant, now: datetime) -> str:
        is_key = grant.kind == "api-key"
        claims = Claims(grant.user_id, grant.session_id, grant.dv, now, now + TOKEN_LIFE, is_key)
        return issue(claims, await self._signing_key(now))

    async def _signing_key(self, now: datetime) -> OKPKey:
        """Return the key to sign with; it is published long before its first use, so a minute is nothing."""
        if self._signer is None or self._signer[1] <= now:
            async with self._database.session() as session:
                current = await signing_keys.current(session, now)
            self._signer = current.private_key(self._ring), now + REMEMBERED
        return self._signer[0]
