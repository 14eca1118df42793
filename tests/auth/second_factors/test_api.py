"""A second factor from its beginning to its end, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pyotp
import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.journal import Cause
from libs.common.testing import Scratch
from libs.contracts.auth import SecurityMailRequested
from services.auth.lockouts.model import RULES
from services.auth.roles.api import router as roles
from services.auth.second_factors.api import router as second_factors
from services.auth.second_factors.model import RECOVERY_CODES
from services.auth.sessions.api import router as sessions
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.api import router as users
from services.auth.users.commands import begin_administration
from tests.api import serving, slug
from tests.auth.stream import deliver, published, transactions_of

PASSWORD = "correct horse"
ADMIN, WRONG = "admin@example.org", "000000"


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    transactions = transactions_of(scratched)
    await transactions.run(Cause("system", "test"), rotate_signing_keys)
    await transactions.run(
        Cause("system", "test"), lambda session: begin_administration(session, ADMIN, PASSWORD)
    )
    await deliver(scratched.database)
    async with serving(scratched.settings, [sessions, second_factors, users, roles]) as opened:
        yield opened


class Someone:
    """A user at his own device."""

    def __init__(self, client: httpx.AsyncClient, email: str) -> None:
        self.client, self.email = client, email
        self.id = UUID(int=0)
        self.headers: dict[str, str] = {}
        self.secret = ""
        self.codes: list[str] = []

    @property
    def code(self) -> str:
        """A code that was not shown yet: the one after next is still taken."""
        return pyotp.TOTP(self.secret).now()

    async def begin(self, password: str = PASSWORD) -> httpx.Response:
        return await self.post("/begin", password=password)

    async def post(self, path: str, **body: str) -> httpx.Response:
        return await self.client.post(f"/auth/second-factor{path}", json=body, headers=self.headers)

    async def state(self) -> dict[str, object]:
        answer = await self.client.get("/auth/second-factor", headers=self.headers)
        found: dict[str, object] = answer.json()
        return found

    async def sign_in(self, password: str = PASSWORD, **code: str) -> httpx.Response:
        return await self.client.post(
            "/auth/sign-in", json={"email": self.email, "password": password} | code
        )


async def administrator(client: httpx.AsyncClient) -> dict[str, str]:
    return held(await Someone(client, ADMIN).sign_in())


def held(tokens: httpx.Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.json()['access_token']}"}


async def someone(client: httpx.AsyncClient, scratched: Scratch, name: str) -> Someone:
    made = Someone(client, f"{name}@example.org")
    body = {"email": made.email, "name": "Ada", "password": PASSWORD}
    created = await client.post("/users", json=body, headers=await administrator(client))
    made.id = UUID(created.json()["id"])
    await deliver(scratched.database)
    made.headers = held(await made.sign_in())
    return made


async def turned_on(client: httpx.AsyncClient, scratched: Scratch, name: str) -> Someone:
    """A user with a second factor, whose app's last code was used up a while ago."""
    made = await someone(client, scratched, name)
    begun = await made.begin()
    assert begun.status_code == 200, begun.text
    made.secret = begun.json()["secret"]
    made.codes = (await made.post("/confirm", code=made.code)).json()["codes"]
    await pass_steps(scratched.database, made, 3)
    return made


async def pass_steps(database: Database, of: Someone, count: int) -> None:
    async with database.session() as session:
        sql = "UPDATE second_factor SET last_step = last_step - :count WHERE user_id = :id"
        await session.execute(text(sql), {"count": count, "id": of.id})
        await session.commit()


async def mailed(scratched: Scratch, of: Someone) -> list[str]:
    events = [each.event for each in await published(scratched.database, SecurityMailRequested.topic)]
    told = [e for e in events if isinstance(e, SecurityMailRequested) and e.subject_id == of.id]
    return [each.state.kind for each in told]


class TestTurningOn:
    async def test_asks_for_a_code_only_once_it_is_confirmed(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        ada = await someone(client, scratched, "begun")
        begun = await ada.begin()
        ada.secret = begun.json()["secret"]
        assert (begun.status_code, begun.headers["cache-control"]) == (200, "no-store")
        assert begun.json()["address"] == pyotp.TOTP(ada.secret).provisioning_uri(
            name=ada.email, issuer_name="Plexus"
        )
        assert (await ada.sign_in()).status_code == 200
        assert (await ada.state())["is_on"] is False

        confirmed = await ada.post("/confirm", code=ada.code)

        codes = confirmed.json()["codes"]
        assert (confirmed.status_code, len(set(codes))) == (200, RECOVERY_CODES)
        state = await ada.state()
        assert (state["is_on"], state["recovery_codes_left"]) == (True, RECOVERY_CODES)
        refused = await ada.sign_in()
        assert (refused.status_code, slug(refused)) == (401, "code-required")
        assert await mailed(scratched, ada) == ["second-factor-on"]

    async def test_takes_another_secret_until_one_is_confirmed(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        ada = await someone(client, scratched, "twice")
        first = (await ada.begin()).json()["secret"]
        ada.secret = (await ada.begin()).json()["secret"]
        assert first != ada.secret
        assert slug(await ada.post("/confirm", code=pyotp.TOTP(first).now())) == "wrong-code"
        assert (await ada.post("/confirm", code=ada.code)).status_code == 200
        assert slug(await ada.begin()) == "second-factor-on"
        assert slug(await ada.post("/confirm", code=ada.code)) == "second-factor-on"

    async def test_wants_the_password_and_a_begun_one(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        ada = await someone(client, scratched, "proof")
        assert slug(await ada.begin(password="wrong")) == "wrong-password"
        assert slug(await ada.post("/confirm", code=WRONG)) == "second-factor-off"
        assert slug(await ada.post("/end", password=PASSWORD, code=WRONG)) == "second-factor-off"

    async def test_keeps_the_secret_and_the_codes_to_itself(
        self, client: httpx.AsyncClient, scratched: Scratch, database: Database
    ) -> None:
        ada = await turned_on(client, scratched, "sealed")
        tables = ("second_factor", "recovery_code", "audit", "outbox")
        async with database.reading.connect() as connection:
            kept = [
                str((await connection.execute(text(f"SELECT json_agg(t)::text FROM {each} t"))).scalar_one())
                for each in tables
            ]
        assert str(ada.id) in kept[0]
        for secret in (ada.secret, *ada.codes, *(each.replace("-", "") for each in ada.codes)):
            assert not any(secret in each for each in kept)


class TestSignIn:
    async def test_takes_each_code_of_the_app_once(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        ada = await turned_on(client, scratched, "once")
        code = ada.code
        spaced = f"{code[:3]} {code[3:]}"
        assert (await ada.sign_in(code=spaced)).status_code == 200
        again = await ada.sign_in(code=code)
        assert (again.status_code, slug(again)) == (401, "wrong-code")

    async def test_lets_one_of_two_at_once_in(self, client: httpx.AsyncClient, scratched: Scratch) -> None:
        ada = await turned_on(client, scratched, "race")
        code = ada.code
        answers = await asyncio.gather(*(ada.sign_in(code=code) for _ in range(4)))
        assert sorted(each.status_code for each in answers) == [200, 401, 401, 401]

    async def test_takes_each_recovery_code_once(self, client: httpx.AsyncClient, scratched: Scratch) -> None:
        ada = await turned_on(client, scratched, "lost")
        code = ada.codes[3].lower().replace("-", " ")
        assert (await ada.sign_in(code=code)).status_code == 200
        assert slug(await ada.sign_in(code=code)) == "wrong-code"
        assert (await ada.state())["recovery_codes_left"] == RECOVERY_CODES - 1

    async def test_says_nothing_of_codes_to_who_has_no_password(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        ada = await turned_on(client, scratched, "guess")
        for code in ({}, {"code": ada.code}, {"code": WRONG}):
            assert slug(await ada.sign_in(password="wrong", **code)) == "bad-credentials"

    async def test_locks_whoever_guesses_codes_out(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        ada = await turned_on(client, scratched, "locked")
        guessed = [await ada.sign_in(code=WRONG) for _ in range(RULES["account"].free)]
        assert {slug(each) for each in guessed} == {"wrong-code"}
        refused = await ada.sign_in(code=ada.code)
        assert (refused.status_code, slug(refused)) == (429, "locked-out")

    async def test_takes_no_more_guesses_at_once_than_one_after_another(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        ada = await turned_on(client, scratched, "burst")
        free = RULES["account"].free
        guessed = await asyncio.gather(*(ada.sign_in(code=WRONG) for _ in range(free + 3)))
        slugs = sorted(slug(each) for each in guessed)
        assert slugs == ["locked-out"] * 3 + ["wrong-code"] * free

    async def test_does_not_count_the_first_of_two_steps_as_a_guess(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        ada = await turned_on(client, scratched, "steps")
        for _ in range(RULES["account"].free + 1):
            assert slug(await ada.sign_in()) == "code-required"
        assert (await ada.sign_in(code=ada.code)).status_code == 200


class TestLater:
    async def test_renews_the_recovery_codes(self, client: httpx.AsyncClient, scratched: Scratch) -> None:
        ada = await turned_on(client, scratched, "renewed")
        assert slug(await ada.post("/recovery-codes", password=PASSWORD, code=WRONG)) == "wrong-code"
        renewed = await ada.post("/recovery-codes", password=PASSWORD, code=ada.codes[0])
        assert renewed.status_code == 200
        assert slug(await ada.sign_in(code=ada.codes[1])) == "wrong-code"
        assert (await ada.sign_in(code=renewed.json()["codes"][1])).status_code == 200

    async def test_ends_by_password_and_code(self, client: httpx.AsyncClient, scratched: Scratch) -> None:
        ada = await turned_on(client, scratched, "ended")
        assert slug(await ada.post("/end", password=PASSWORD, code=WRONG)) == "wrong-code"
        assert (await ada.post("/end", password=PASSWORD, code=ada.code)).status_code == 204
        assert (await ada.sign_in()).status_code == 200
        assert await ada.state() == {"is_on": False, "since": None, "recovery_codes_left": 0}
        assert await mailed(scratched, ada) == ["second-factor-on", "second-factor-off"]

    async def test_ends_by_an_administrator_for_whoever_lost_everything(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        ada = await turned_on(client, scratched, "helped")
        path = f"/users/{ada.id}/end-second-factor"
        admin = await administrator(client)
        assert (await client.post(path, headers=ada.headers)).status_code == 403
        assert slug(await ada.sign_in()) == "code-required"
        assert (await client.post(path, headers=admin)).status_code == 204
        assert (await ada.sign_in()).status_code == 200
        assert slug(await client.post(path, headers=admin)) == "second-factor-off"

    async def test_ends_for_oneself_by_password_and_code_alone(self, client: httpx.AsyncClient) -> None:
        admin = await administrator(client)
        me = (await client.get("/auth/me", headers=admin)).json()["id"]

        refused = await client.post(f"/users/{me}/end-second-factor", headers=admin)

        assert (refused.status_code, slug(refused)) == (409, "own-account")

    async def test_outlives_a_new_password(self, client: httpx.AsyncClient, scratched: Scratch) -> None:
        ada = await turned_on(client, scratched, "changed")
        body = {"current_password": PASSWORD, "password": "battery staple 9"}
        assert (await client.post("/auth/password", json=body, headers=ada.headers)).status_code == 204
        assert slug(await ada.sign_in(password=body["password"])) == "code-required"
