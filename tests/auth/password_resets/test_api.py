"""A forgotten password, from the request to the new one; integration's part is done by hand."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.journal import Cause
from libs.common.testing import Scratch
from libs.contracts.auth import SecurityMailRequested
from libs.platform.links import sign
from libs.platform.process import Platform
from services.auth.lockouts.model import RULES
from services.auth.password_resets.api import router as password_resets
from services.auth.password_resets.commands import mail_links
from services.auth.password_resets.model import INVITATION, KINDS, RESET
from services.auth.password_resets.queries import forget_old
from services.auth.sessions.api import router as sessions
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.api import router as users
from tests.api import bearer, colleague, seed, serving, slug
from tests.auth.stream import published, transactions_of

OLD, NEW = "correct horse", "battery staple 9"
TOPIC = SecurityMailRequested.topic
LIFETIME = KINDS[RESET].lifetime


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    await transactions_of(scratched).run(Cause("system", "test"), rotate_signing_keys)
    await seed(scratched.database, colleague(1, {"*:*": "all"}))
    async with serving(scratched.settings, [sessions, password_resets, users]) as opened:
        yield opened


async def made(client: httpx.AsyncClient, email: str, **details: object) -> UUID:
    body = {"email": email, "name": "Ada", "password": OLD} | details
    return UUID((await client.post("/users", json=body, headers=bearer(1))).json()["id"])


async def asked(client: httpx.AsyncClient, email: str, address: str = "192.0.2.1") -> httpx.Response:
    headers = {"X-Forwarded-For": address}
    return await client.post("/auth/password-reset", json={"email": email}, headers=headers)


async def mailed(scratched: Scratch, user_id: UUID) -> list[SecurityMailRequested]:
    """Let the job write, and return what the user was to be sent, as the outbox has it."""
    await transactions_of(scratched).run(Cause("system", "test"), mail_links)
    events = [each.event for each in await published(scratched.database, TOPIC)]
    return [e for e in events if isinstance(e, SecurityMailRequested) and e.subject_id == user_id]


def token_of(scratched: Scratch, mail: SecurityMailRequested, kind: str = RESET) -> str:
    assert mail.link_opens == kind
    assert mail.link_id is not None
    return sign(Platform(scratched.settings, scratched.database).ring, kind, mail.link_id.bytes)


async def confirmed(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await client.post("/auth/password-reset/confirm", json={"token": token, "password": password})


async def signed_in(client: httpx.AsyncClient, email: str, password: str) -> httpx.Response:
    return await client.post("/auth/sign-in", json={"email": email, "password": password})


async def pass_time(database: Database, by: timedelta) -> None:
    async with database.session() as session:
        await session.execute(
            text("UPDATE password_reset SET created_at = created_at - CAST(:by AS interval)"), {"by": by}
        )
        await session.commit()


class TestReset:
    async def test_sets_a_new_password_once_and_ends_all_sessions(
        self, client: httpx.AsyncClient, scratched: Scratch, database: Database
    ) -> None:
        email = "once@example.org"
        user_id = await made(client, email, locale="zh")
        before = await signed_in(client, email, OLD)
        assert (await asked(client, " Once@Example.org")).status_code == 204
        (mail,) = await mailed(scratched, user_id)
        token = token_of(scratched, mail)

        weak = await confirmed(client, token, "password1234")
        done = await confirmed(client, token)
        again = await confirmed(client, token, "yet another horse")

        assert [each.status_code for each in (weak, done, again)] == [400, 204, 409]
        assert slug(again) == "link-ended"
        assert (await signed_in(client, email, OLD)).status_code == 401
        assert (await signed_in(client, email, NEW)).status_code == 200
        old = {"refresh_token": before.json()["refresh_token"]}
        assert (await client.post("/auth/refresh", json=old)).status_code == 401
        told = await mailed(scratched, user_id)
        assert [each.state.kind for each in told] == ["password-reset", "password-was-reset"]
        seen = text("SELECT action FROM audit WHERE object_id = :id ORDER BY id")
        async with database.reading.connect() as connection:
            actions = (await connection.execute(seen, {"id": str(user_id)})).scalars().all()
        assert {"password.reset_asked", "password.reset"} <= set(actions)

    async def test_keeps_the_link_out_of_everything_kept(
        self, client: httpx.AsyncClient, scratched: Scratch, database: Database
    ) -> None:
        user_id = await made(client, "secret@example.org")
        await asked(client, "secret@example.org")
        (mail,) = await mailed(scratched, user_id)
        token = token_of(scratched, mail)

        async with database.reading.connect() as connection:
            rows = (
                await connection.execute(text("SELECT convert_from(value, 'UTF8') FROM outbox"))
            ).scalars()
            kept = "".join(rows)
            audit = text("SELECT string_agg(changes::text, '') FROM audit")
            kept += (await connection.execute(audit)).scalar_one()

        assert str(mail.link_id) in kept
        assert token not in kept
        assert token[:16] not in kept
        assert "secret@example.org" not in kept

    async def test_leaves_only_the_newest_link_open(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        user_id = await made(client, "newest@example.org")
        for _ in range(2):
            await asked(client, "newest@example.org")
            await mailed(scratched, user_id)
        older, newer = (token_of(scratched, each) for each in await mailed(scratched, user_id))

        assert [(await confirmed(client, each)).status_code for each in (older, newer)] == [409, 204]

    async def test_closes_with_time(
        self, client: httpx.AsyncClient, scratched: Scratch, database: Database
    ) -> None:
        user_id = await made(client, "late@example.org")
        await asked(client, "late@example.org")
        (mail,) = await mailed(scratched, user_id)

        await pass_time(database, LIFETIME)

        assert (await confirmed(client, token_of(scratched, mail))).status_code == 409
        assert (await signed_in(client, "late@example.org", OLD)).status_code == 200
        await pass_time(database, LIFETIME)
        await transactions_of(scratched).run(Cause("system", "test"), forget_old)
        async with database.reading.connect() as connection:
            left = await connection.execute(
                text("SELECT count(*) FROM password_reset WHERE user_id = :id"), {"id": user_id}
            )
            assert left.scalar_one() == 0

    async def test_is_not_for_whoever_may_not_sign_in(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        user_id = await made(client, "gone@example.org")
        await asked(client, "gone@example.org")
        (mail,) = await mailed(scratched, user_id)
        await client.post(f"/users/{user_id}/deactivate", headers=bearer(1))

        assert slug(await confirmed(client, token_of(scratched, mail))) == "link-ended"
        await asked(client, "gone@example.org")
        assert len(await mailed(scratched, user_id)) == 1

    @pytest.mark.parametrize("change", [{"email": "moved@example.org"}, {"password": "yet another horse"}])
    async def test_is_closed_by_another_address_or_password(
        self, client: httpx.AsyncClient, scratched: Scratch, change: dict[str, str]
    ) -> None:
        email = f"{next(iter(change))}-changed@example.org"
        user_id = await made(client, email)
        await asked(client, email)
        (mail,) = await mailed(scratched, user_id)
        version = (await client.get(f"/users/{user_id}", headers=bearer(1))).headers["ETag"]
        headers = bearer(1) | {"If-Match": version}
        assert (await client.patch(f"/users/{user_id}", json=change, headers=headers)).status_code == 200

        assert slug(await confirmed(client, token_of(scratched, mail))) == "link-ended"

    @pytest.mark.parametrize("token", ["", "A" * 43, "AAAA"])
    async def test_refuses_what_is_no_link(self, client: httpx.AsyncClient, token: str) -> None:
        refused = await confirmed(client, token)

        assert (refused.status_code, slug(refused)) == (409, "link-ended")

    async def test_refuses_a_link_of_another_kind(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        user_id = await made(client, "kinds@example.org")
        await asked(client, "kinds@example.org")
        (mail,) = await mailed(scratched, user_id)
        assert mail.link_id is not None
        ring = Platform(scratched.settings, scratched.database).ring

        assert (await confirmed(client, sign(ring, "survey", mail.link_id.bytes))).status_code == 409


class TestAsking:
    async def test_answers_the_same_for_known_and_unknown(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        await made(client, "known@example.org")

        answers = [await asked(client, f"{name}@example.org") for name in ("known", "unknown")]

        shown = [(each.status_code, each.content, sorted(each.headers)) for each in answers]
        assert shown[0] == shown[1]
        assert shown[0][:2] == (204, b"")

    @pytest.mark.parametrize("name", ["limited", "nobody"])
    async def test_is_limited_for_each_account(self, client: httpx.AsyncClient, name: str) -> None:
        email = f"{name}@example.com"
        if name == "limited":
            await made(client, email)
        for number in range(RULES["reset-account"].free):
            assert (await asked(client, email, f"198.51.100.{number}")).status_code == 204

        refused = await asked(client, email, "198.51.100.99")

        assert (refused.status_code, slug(refused)) == (429, "locked-out")
        assert int(refused.headers["retry-after"]) <= 30

    async def test_is_limited_for_each_caller(self, client: httpx.AsyncClient, database: Database) -> None:
        await asked(client, "first@example.net", "203.0.113.7")
        nearly = text("UPDATE lockout SET failures = :most WHERE kind = 'reset-address' AND failures = 1")
        async with database.session() as session:
            await session.execute(nearly, {"most": RULES["reset-address"].free - 1})
            await session.commit()
        await asked(client, "second@example.net", "203.0.113.7")

        refused = await asked(client, "third@example.net", "203.0.113.7")

        assert refused.status_code == 429
        assert (await asked(client, "third@example.net", "203.0.113.8")).status_code == 204


class TestInvitation:
    async def test_lets_a_new_user_set_his_first_password(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        user_id = await made(client, "new@example.org", password=None, invite=True, locale="zh")
        (mail,) = await mailed(scratched, user_id)
        assert mail.link_to == f"{scratched.settings.public_url}/accept-invitation#"
        assert (await signed_in(client, "new@example.org", NEW)).status_code == 401
        token = token_of(scratched, mail, INVITATION)

        answers = [await confirmed(client, token, each) for each in ("password1234", NEW, OLD)]

        assert [each.status_code for each in answers] == [400, 204, 409]
        assert (await signed_in(client, "new@example.org", NEW)).status_code == 200
        assert [each.state.kind for each in await mailed(scratched, user_id)] == ["invitation"]
        again = await client.post(f"/users/{user_id}/invite", headers=bearer(1))
        assert (again.status_code, slug(again)) == (409, "already-joined")

    async def test_is_sent_again_and_only_the_newest_opens(
        self, client: httpx.AsyncClient, scratched: Scratch, database: Database
    ) -> None:
        user_id = await made(client, "again@example.org", password=None)
        assert await mailed(scratched, user_id) == []
        for _ in range(2):
            again = await client.post(f"/users/{user_id}/invite", headers=bearer(1))
            assert again.status_code == 204
            await mailed(scratched, user_id)
        await pass_time(database, KINDS[INVITATION].lifetime - timedelta(hours=1))
        older, newer = (token_of(scratched, each, INVITATION) for each in await mailed(scratched, user_id))

        assert [(await confirmed(client, each)).status_code for each in (older, newer)] == [409, 204]

    async def test_closes_after_a_week_or_with_a_password_from_elsewhere(
        self, client: httpx.AsyncClient, scratched: Scratch, database: Database
    ) -> None:
        late = await made(client, "week@example.org", password=None, invite=True)
        (mail,) = await mailed(scratched, late)
        await pass_time(database, KINDS[INVITATION].lifetime)
        assert slug(await confirmed(client, token_of(scratched, mail, INVITATION))) == "link-ended"

        given = await made(client, "given@example.org", password=None, invite=True)
        (mail,) = await mailed(scratched, given)
        etag = (await client.get(f"/users/{given}", headers=bearer(1))).headers["etag"]
        headers = bearer(1) | {"If-Match": etag}
        changed = await client.patch(f"/users/{given}", json={"password": OLD}, headers=headers)
        assert changed.status_code == 200
        assert slug(await confirmed(client, token_of(scratched, mail, INVITATION))) == "link-ended"

    async def test_is_for_people_who_may_sign_in(self, client: httpx.AsyncClient, scratched: Scratch) -> None:
        gone = await made(client, "left@example.org", password=None, invite=True)
        (mail,) = await mailed(scratched, gone)
        await client.post(f"/users/{gone}/deactivate", headers=bearer(1))
        assert slug(await confirmed(client, token_of(scratched, mail, INVITATION))) == "link-ended"
        again = await client.post(f"/users/{gone}/invite", headers=bearer(1))
        assert (again.status_code, slug(again)) == (409, "already-inactive")
        program = {"name": "Sync", "manager_id": str(await made(client, "boss@example.org"))}
        robot = await client.post("/users/service-accounts", json=program, headers=bearer(1))
        again = await client.post(f"/users/{robot.json()['id']}/invite", headers=bearer(1))
        assert slug(again) == "service-account"

    async def test_is_no_reset_and_a_reset_no_invitation(
        self, client: httpx.AsyncClient, scratched: Scratch
    ) -> None:
        user_id = await made(client, "mixed@example.org", password=None, invite=True)
        (mail,) = await mailed(scratched, user_id)
        assert mail.link_id is not None
        ring = Platform(scratched.settings, scratched.database).ring
        assert slug(await confirmed(client, sign(ring, RESET, mail.link_id.bytes))) == "link-ended"
        await asked(client, "mixed@example.org")
        assert len(await mailed(scratched, user_id)) == 1
