import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from joserfc.jwk import OKPKey

from libs.common.edge import markers
from libs.common.testing import Scratch
from libs.common.tokens import Claims, TokenVerifier
from libs.platform.app import create_app
from services.auth.exchanges.api import router
from services.auth.exchanges.schemas import TOKEN_LIFE
from services.auth.origins import NAME
from services.auth.sessions.model import IDLE
from services.auth.settings import Settings
from services.auth.signing_keys.queries import public_keys
from tests.api import slug
from tests.architecture.doors import unguarded
from tests.auth.exchanges.conftest import PUBLIC_URL, Holder

FOREIGN = {"Origin": "https://evil.example"}


def cookie(value: str) -> dict[str, str]:
    return {"Cookie": f"{NAME}={value}"}


def key(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def asked(exchange: httpx.AsyncClient, headers: dict[str, str]) -> httpx.Response:
    return await exchange.get("/exchange", headers=headers)


async def claims_in(answer: httpx.Response, scratched: Scratch) -> Claims:
    """What the token says, verified as every service does."""
    assert answer.status_code == 200, answer.text
    async with scratched.database.reading.connect() as connection:
        keys = {each["kid"]: OKPKey.import_key(each) for each in await public_keys(connection)}
    token = answer.headers["authorization"].removeprefix("Bearer ")
    return TokenVerifier(keys.get, lambda _: False).verify(token, datetime.now(UTC))


async def eventually(status: int, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Ask until the replica has looked again: at most two seconds."""
    answer = await ask()
    for _ in range(40):
        if answer.status_code == status:
            break
        await asyncio.sleep(0.05)
        answer = await ask()
    assert answer.status_code == status
    return answer


class TestCookie:
    async def test_is_exchanged_for_a_token_of_its_session(
        self, exchange: httpx.AsyncClient, holder: Holder, scratched: Scratch
    ) -> None:
        session_id, value = await holder.cookie()

        claims = await claims_in(await asked(exchange, cookie(value)), scratched)

        assert (claims.session_id, claims.is_api_key) == (session_id, False)
        assert claims.expires_at - claims.issued_at == TOKEN_LIFE

    async def test_is_judged_once_a_minute(self, exchange: httpx.AsyncClient, holder: Holder) -> None:
        _, value = await holder.cookie()

        first, second = [await asked(exchange, cookie(value)) for _ in range(2)]

        assert first.headers["authorization"] == second.headers["authorization"]

    async def test_ends_with_its_session_although_it_is_remembered(
        self, exchange: httpx.AsyncClient, holder: Holder
    ) -> None:
        session_id, value = await holder.cookie()
        assert (await asked(exchange, cookie(value))).status_code == 200

        await holder.sign_out(session_id)

        refused = await eventually(401, lambda: asked(exchange, cookie(value)))
        assert slug(refused) == "session-ended"

    async def test_is_taken_from_the_browser_when_it_is_worth_nothing(
        self, exchange: httpx.AsyncClient
    ) -> None:
        refused = await asked(exchange, cookie("x" * 43))

        assert (refused.status_code, slug(refused)) == (401, "session-ended")
        assert refused.headers["set-cookie"].startswith(f'{NAME}=""; HttpOnly; Max-Age=0; Path=/;')

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE cookie SET used_at = used_at - CAST(:long AS interval) WHERE session_id = :id",
            "UPDATE session SET expires_at = now() - 0 * CAST(:long AS interval) WHERE id = :id",
        ],
        ids=["was not used for long", "is too old"],
    )
    async def test_ends_when_it(self, exchange: httpx.AsyncClient, holder: Holder, statement: str) -> None:
        session_id, value = await holder.cookie()

        await holder.run(statement, id=session_id, long=IDLE)

        assert (await asked(exchange, cookie(value))).status_code == 401

    async def test_lives_on_when_it_is_used(
        self, exchange: httpx.AsyncClient, holder: Holder, scratched: Scratch
    ) -> None:
        session_id, value = await holder.cookie()
        earlier = "UPDATE cookie SET used_at = used_at - CAST(:long AS interval) WHERE session_id = :id"
        await holder.run(earlier, id=session_id, long=IDLE - timedelta(minutes=5))

        assert (await asked(exchange, cookie(value))).status_code == 200

        async with scratched.database.reading.connect() as connection:
            found = await connection.exec_driver_sql(
                "SELECT now() - used_at FROM cookie WHERE session_id = $1", (session_id,)
            )
            assert found.scalar_one() < timedelta(seconds=10)

    @pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT", ""])
    async def test_changes_nothing_for_another_sites_page(
        self, exchange: httpx.AsyncClient, holder: Holder, method: str
    ) -> None:
        _, value = await holder.cookie()
        headers = {**cookie(value), "X-Forwarded-Method": method}

        refused = await asked(exchange, {**headers, **FOREIGN})
        sent_across = await asked(exchange, {**headers, "Sec-Fetch-Site": "cross-site"})
        ours = await asked(exchange, {**headers, "Origin": PUBLIC_URL})

        assert (refused.status_code, slug(refused)) == (403, "foreign-origin")
        assert (sent_across.status_code, slug(sent_across)) == (403, "foreign-origin")
        assert ours.status_code == 200

    async def test_reads_for_whoever_shows_it(self, exchange: httpx.AsyncClient, holder: Holder) -> None:
        _, value = await holder.cookie()

        assert (await asked(exchange, {**cookie(value), **FOREIGN})).status_code == 200


class TestKey:
    async def test_is_exchanged_for_a_token_that_says_so(
        self, exchange: httpx.AsyncClient, holder: Holder, scratched: Scratch
    ) -> None:
        key_id, secret = await holder.key()

        answer = await asked(exchange, {**key(secret), **FOREIGN, "X-Forwarded-Method": "POST"})

        claims = await claims_in(answer, scratched)
        assert (claims.session_id, claims.is_api_key) == (key_id, True)
        assert claims.dv > 0

    async def test_ends_when_it_is_revoked_although_it_is_remembered(
        self, exchange: httpx.AsyncClient, holder: Holder
    ) -> None:
        key_id, secret = await holder.key()
        assert (await asked(exchange, key(secret))).status_code == 200

        await holder.revoke(key_id)

        refused = await eventually(401, lambda: asked(exchange, key(secret)))
        assert slug(refused) == "bad-api-key"

    async def test_ends_when_it_expires(self, exchange: httpx.AsyncClient, holder: Holder) -> None:
        key_id, secret = await holder.key()

        await holder.run("UPDATE api_key SET expires_at = now() WHERE id = :id", id=key_id)

        assert (await asked(exchange, key(secret))).status_code == 401

    @pytest.mark.parametrize("change", ["secret", "prefix", "rubbish"])
    async def test_refuses_every_wrong_thing_alike(
        self, exchange: httpx.AsyncClient, holder: Holder, change: str
    ) -> None:
        _, secret = await holder.key()
        wrong = {
            "secret": secret[:-4] + "0000",
            "prefix": f"plx_00000000_{secret.rpartition('_')[2]}",
            "rubbish": "plx_'; DROP TABLE api_key; --",
        }[change]

        refused = await asked(exchange, key(wrong))

        assert (refused.status_code, slug(refused)) == (401, "bad-api-key")
        assert "set-cookie" not in refused.headers

    async def test_notes_when_it_was_used(
        self, exchange: httpx.AsyncClient, holder: Holder, scratched: Scratch
    ) -> None:
        key_id, secret = await holder.key()

        await asked(exchange, key(secret))

        async with scratched.database.reading.connect() as connection:
            found = await connection.exec_driver_sql(
                "SELECT now() - last_used_at AS age, last_used_address FROM api_key_use WHERE id = $1",
                (key_id,),
            )
            used = dict(found.mappings().one())
        assert used["age"] < timedelta(seconds=10)
        assert used["last_used_address"] == "203.0.*.*"

    async def test_is_counted(self, exchange: httpx.AsyncClient, holder: Holder) -> None:
        _, secret = await holder.key(per_minute=2)

        answers = [await asked(exchange, key(secret)) for _ in range(3)]

        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[0].headers["x-plexus-quota"].startswith('"api-key";q=2;w=60;r=1;t=')
        assert slug(answers[2]) == "quota-exceeded"
        assert 1 <= int(answers[2].headers["retry-after"]) <= 60
        assert answers[2].headers["ratelimit-policy"] == '"api-key";q=2;w=60'


class TestDoor:
    def test_is_marked_for_services_alone(self, scratched: Scratch) -> None:
        settings = Settings(**scratched.settings.model_dump())
        app = create_app(settings, "services.auth", [router])

        kinds = {each.kind for each in markers(router.routes[0].dependant)}  # type: ignore[attr-defined]

        assert unguarded(app) == []
        assert kinds == {"service"}


class TestStrangers:
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eA=="}, {"Cookie": "other=1"}])
    async def test_are_refused(self, exchange: httpx.AsyncClient, headers: dict[str, str]) -> None:
        refused = await asked(exchange, headers)

        assert (refused.status_code, slug(refused)) == (401, "unauthenticated")

    async def test_who_guess_must_wait(self, exchange: httpx.AsyncClient, holder: Holder) -> None:
        _, value = await holder.cookie()
        guessing = {"X-Forwarded-For": "203.0.113.66"}
        assert (await asked(exchange, {**cookie(value), **guessing})).status_code == 200
        for number in range(300):
            await asked(exchange, {**cookie(f"guess{number}"), **guessing})

        refused = await asked(exchange, {**cookie("guess"), **guessing})

        assert (refused.status_code, slug(refused)) == (429, "too-many-requests")
        assert (await asked(exchange, {**cookie(value), **guessing})).status_code == 200
        assert (await asked(exchange, cookie("guess"))).status_code == 401
