"""Every stored or sent value that was tampered with, moved or put in place of another is refused."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from libs.common.answers import PostgresAnswers
from libs.common.consumer import NotYetError
from libs.common.crypto import PENDING, DataKey, KekRing, Unreadable
from libs.common.idempotency import Claim
from libs.common.problem_handlers import install
from libs.platform.records.showing import shown
from libs.platform.subjects.columns import open_column, seal_column
from libs.platform.subjects.keyring import KeysAtHand
from libs.platform.subjects.sealing import open_event, open_text, seal_model
from tests.platform.subjects.test_sealing import PERSON, PersonNamed, named

ROW, OTHER_ROW, OTHER = UUID(int=11), UUID(int=12), UUID(int=3)
NUMBER = "+8613812340000"
KEYS = KeysAtHand({each: DataKey(str(each), each.bytes * 2) for each in (PERSON, OTHER, UUID(int=2))})
PLACE = ("contact", ROW, "phone")
RING = KekRing("a", {"a": b"a" * 32, "b": b"b" * 32}, b"c" * 32)
CLAIM = Claim("user", "POST /contacts", "key", b"hash")


class Case(NamedTuple):
    what: str
    value: str


def broken(value: str) -> Iterator[Case]:
    """Yield what can be done to the text of a sealed value."""
    for at in range(len(value) - 1):
        yield Case(f"character {at}", value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :])
    for length in (0, 4, len(value) // 2, len(value) - 4):
        yield Case(f"cut to {length}", value[:length])
    form, version, key_id, body = value.split(".")
    yield Case("another key's name", f"{form}.{version}.{OTHER}.{body}")
    yield Case("no subject's name", f"{form}.{version}.nobody.{body}")
    for older in ("enc.v0", "enc.v2", "enc", "kek.v1", "plain"):
        yield Case(f"form {older}", f"{older}.{key_id}.{body}")
    yield Case("plain text", NUMBER)
    yield Case("one part more", f"{value}.AAAA")
    yield Case("another alphabet", value.replace("-", "+").replace("_", "/") + "=")


def refused(what: str, opened: Any) -> None:
    """Demand that nothing comes out."""
    try:
        found = opened()
    except (Unreadable, NotYetError):
        # Under a key that nobody knows there is nothing to read either.
        return
    pytest.fail(f"{what}: {found!r}")


class TestColumn:
    def test_refuses_each(self) -> None:
        value = seal_column(NUMBER, PERSON, KEYS, PLACE)
        cases = list(broken(value))
        for what, tampered in cases:
            refused(what, lambda tampered=tampered: open_column(tampered, KEYS, PLACE))
        for place in (("lead", ROW, "phone"), ("contact", OTHER_ROW, "phone"), ("contact", ROW, "email")):
            refused(f"moved to {place}", lambda place=place: open_column(value, KEYS, place))

        assert len(cases) > 100
        assert open_column(value, KEYS, PLACE) == NUMBER


class TestEvent:
    def test_refuses_each(self) -> None:
        body = seal_model(named(), KEYS)
        event, value = PersonNamed.model_validate(body), body["note"]
        for what, tampered in broken(value):
            held = event.model_copy(update={"note": tampered})
            refused(what, lambda held=held: open_event(held, KEYS))
            # A reader of the feed sees the rest of the event, and nothing of this.
            told = shown(held.model_dump_json().encode(), event.type, KEYS)
            assert told.get("note", PENDING) == PENDING, what
        kind, at = event.type, event.aggregate_id
        for place in (("other.v1", at, ("note",)), (kind, ROW, ("note",)), (kind, at, ("state", "name"))):
            refused(
                f"moved to {place}", lambda place=place: open_text(value, place[0], place[1], place[2], KEYS)
            )
        # The audit trail's, the column's and the event's places are apart even where their parts read alike.
        refused(
            "a column's",
            lambda: open_text(seal_column("x", PERSON, KEYS, PLACE), kind, ROW, ("phone",), KEYS),
        )

        assert open_event(event, KEYS).note == named().note


class TestKeptAnswer:
    def test_refuses_each(self) -> None:
        # Neither way asks the database.
        answers = PostgresAnswers(None, RING)  # type: ignore[arg-type]
        sealed_answer, opened = answers._seal, answers._open  # noqa: SLF001 - what stands in the row is the point
        kept = sealed_answer(CLAIM, b'{"phone": 1}').decode()
        identity, wrapped, sealed = kept.split("\n")
        for what, tampered in broken(sealed):
            stored = f"{identity}\n{wrapped}\n{tampered}".encode()
            refused(what, lambda stored=stored: opened(CLAIM, stored))
        for stored in (b"", b'{"phone": 1}', b"\xff\n\n", f"{identity}\n{sealed}".encode()):
            refused("not one", lambda stored=stored: opened(CLAIM, stored))
        for moved in (Claim("other", CLAIM.route, "key", b""), Claim("user", CLAIM.route, "other", b"")):
            refused("moved", lambda moved=moved: opened(moved, kept.encode()))

        assert opened(CLAIM, kept.encode()) == b'{"phone": 1}'


class TestWrappedKey:
    def test_refuses_each(self) -> None:
        wrapped = RING.wrap(DataKey.mint(str(PERSON)))
        cases = [
            wrapped.replace("kek.v1.a", "kek.v1.b"),
            wrapped.replace("kek.v1", "kek.v0"),
            wrapped[:-5],
            "",
        ]
        cases += [
            wrapped[:at] + ("A" if wrapped[at] != "A" else "B") + wrapped[at + 1 :] for at in range(9, 60)
        ]
        for tampered in cases:
            refused(tampered, lambda tampered=tampered: RING.unwrap(str(PERSON), tampered))
        refused("another subject", lambda: RING.unwrap(str(OTHER), wrapped))


async def test_an_unreadable_value_is_a_problem_and_no_defect() -> None:
    app = FastAPI()
    install(app)

    @app.get("/{what}")
    async def _read(what: str) -> None:
        raise Unreadable("where it stands") if what == "forged" else NotYetError("subject-key", ROW)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answers = [await client.get("/forged"), await client.get("/unknown-key")]

    for answer in answers:
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (503, "value-unreadable")
        assert "where it stands" not in answer.text
