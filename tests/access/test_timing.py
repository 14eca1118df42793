"""Whether there is a user shows neither in an answer nor in how long it takes."""

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from random import Random

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import event

from libs.common.journal import Cause
from libs.common.testing import Scratch, scratch
from libs.platform.app import create_app
from services.auth.password_resets.api import router as password_resets
from services.auth.passwords import is_password
from services.auth.sessions.api import router as sessions
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.api import router as users
from tests.access.conftest import Proof
from tests.access.timing import (
    Ask,
    Pair,
    Post,
    ask_reset,
    connected,
    interval_of,
    know,
    measured,
    sign_in,
    sign_in_browser,
)
from tests.api import bearer, colleague, seed
from tests.auth.stream import transactions_of
from tests.served import listening

LIMIT = 900
MASTER = 1
LIKE = "somebody@example.org"
# Whom the server knows, and who signs in no more or not yet; only the last one is nobody.
PEOPLE = ("known1", "gone", "invited", "nobody")
LARGEST_DIFFERENCE = 5.0
PLANTED_PAIRS = 20
# More than any measurement asks for, however long it takes.
KNOWN = 6_200 if "PLEXUS_PROVE" in os.environ else 60
PLANTED_FROM = KNOWN - PLANTED_PAIRS


@dataclass(frozen=True)
class Server:
    """auth behind a real port, a connection to it, and its application."""

    post: Post
    app: FastAPI
    scratched: Scratch


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    async with scratch("auth") as lent:
        await transactions_of(lent).run(Cause("system", "test"), rotate_signing_keys)
        await seed(lent.database, colleague(MASTER, {"*:*": "all"}))
        app = create_app(lent.settings, "services.auth", [sessions, password_resets, users])
        async with listening(app) as client, connected(client.base_url) as post:
            for email in (LIKE, "gone@example.org", "invited@example.org"):
                secret = {"invite": True} if email.startswith("invited") else {"password": "correct horse"}
                made = await client.post(
                    "/users", json={"email": email, "name": "Ada", **secret}, headers=bearer(MASTER)
                )
                assert made.status_code == 201, made.text
                if email.startswith("gone"):
                    await client.post(f"/users/{made.json()['id']}/deactivate", headers=bearer(MASTER))
            async with lent.database.engine.begin() as connection:
                await know(connection, LIKE, KNOWN)
            yield Server(post, app, lent)


class TestWork:
    @pytest.mark.parametrize("ask", [sign_in, sign_in_browser, ask_reset])
    async def test_is_the_same_whoever_is_asked_for(
        self, server: Server, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verified: list[str] = []
        verify: Callable[..., bool] = PasswordHasher.verify

        def counting(self: PasswordHasher, hashed: str, password: str) -> bool:
            verified.append(hashed.rsplit("$", 2)[0])
            return verify(self, hashed, password)

        monkeypatch.setattr(PasswordHasher, "verify", counting)
        done = []
        for number, name in enumerate(PEOPLE):
            statements = await _statements(server, ask, name, f"192.0.2.{number}")
            done.append((statements, tuple(verified)))
            verified.clear()

        assert len(set(done)) == 1, done
        assert len(done[0][1]) == (ask is not ask_reset)


async def _statements(server: Server, ask: Ask, name: str, address: str) -> tuple[str, ...]:
    """Return what is asked of the database for one request."""
    engine = server.app.state.door.database.engine.sync_engine
    heard: list[str] = []

    def hear(_c: object, _k: object, statement: str, *_: object) -> None:
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        await ask(server.post, f"{name}@example.org", address)
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return tuple(heard)


class TestTiming:
    @pytest.mark.timeout(LIMIT)
    @pytest.mark.parametrize(("name", "ask"), [("sign-in", sign_in), ("password-reset", ask_reset)])
    async def test_of_known_and_unknown_is_the_same(
        self, server: Server, proof: Proof, name: str, ask: Ask
    ) -> None:
        pairs, found = await measured(
            server.post, ask, proof.sizes[f"{name} timing pairs"], until_narrow=proof.is_long
        )

        proof.figures.sample(f"{name} timing pairs", len(pairs))
        if proof.is_long:
            # The worst that the interval leaves possible, not the median, which is nearer to nothing.
            told = f"{name} timing: known against unknown"
            proof.figures.at_most(told, 100 * found.furthest, LARGEST_DIFFERENCE, "%")

    async def test_planted_haste_for_the_unknown_is_found(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hasty(given: str, expected: str | None) -> bool:
            return expected is not None and is_password(given, expected)

        monkeypatch.setattr("services.auth.sessions.commands.is_password", hasty)

        _, found = await measured(server.post, sign_in, PLANTED_PAIRS, first=PLANTED_FROM)

        assert 100 * found.low > LARGEST_DIFFERENCE


class TestInterval:
    def test_finds_a_difference_in_the_noise_of_a_busy_machine(self) -> None:
        lots = Random(3)

        def pairs(surplus: float) -> list[Pair]:
            noise = [(lots.lognormvariate(0, 0.4), lots.lognormvariate(0, 0.1)) for _ in range(4000)]
            return [Pair(int(1e6 * both * (one + surplus)), int(1e6 * both)) for both, one in noise]

        none, some = interval_of(pairs(0.0)), interval_of(pairs(0.06))

        assert none.furthest < 0.05
        assert none.low <= 0 <= none.high
        assert 0.04 < some.low < some.high < 0.09
