"""An event as a reader sees it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from libs.common.crypto import ERASED, PENDING, DataKey
from libs.contracts.customer import ContactCreated, ContactState
from libs.platform.records.showing import shown, subjects_in
from libs.platform.subjects.keyring import KeysAtHand
from libs.platform.subjects.sealing import seal_model

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SUBJECT = UUID(int=41)
KEYS = KeysAtHand({SUBJECT: DataKey(str(SUBJECT), bytes(32))})


def contact() -> ContactCreated:
    state = ContactState(
        id=UUID(int=40),
        owner_id=UUID(int=7),
        subject_id=SUBJECT,
        family_name="Lovelace",
        email=None,
        phone="+8613800000000",
        language="en",
        created_at=NOW,
        updated_at=NOW,
    )
    return ContactCreated(contact_id=state.id, occurred_at=NOW, state=state)


def sealed(**more: Any) -> bytes:
    return orjson.dumps(seal_model(contact(), KEYS) | more)


class TestShown:
    def test_opens_what_is_personal(self) -> None:
        state = shown(sealed(), ContactCreated.type, KEYS)["state"]

        assert (state["family_name"], state["email"], state["language"]) == ("Lovelace", None, "en")

    def test_leaves_out_what_is_sensitive(self) -> None:
        assert "phone" not in shown(sealed(), ContactCreated.type, KEYS)["state"]

    def test_says_that_a_person_was_forgotten(self) -> None:
        state = shown(sealed(), ContactCreated.type, KeysAtHand({SUBJECT: None}))["state"]

        assert state["family_name"] == ERASED
        assert "phone" not in state

    def test_says_that_a_key_has_not_come(self) -> None:
        state = shown(sealed(), ContactCreated.type, KeysAtHand({}))["state"]

        assert state["family_name"] == PENDING

    def test_keeps_what_a_newer_release_adds_but_nothing_sealed(self) -> None:
        told = orjson.loads(sealed())["state"]["family_name"]

        body = shown(sealed(colour="red", nick=told, nicks=[told, 1]), ContactCreated.type, KEYS)

        assert body["colour"] == "red"
        assert "nick" not in body
        assert body["nicks"] == [1]

    def test_shows_no_ciphertext_of_an_unknown_type(self) -> None:
        body = shown(sealed(), "customer.contact.praised.v1", KEYS)

        assert b"enc.v1" not in orjson.dumps(body)
        assert body["state"]["language"] == "en"

    def test_shows_nothing_that_was_moved_from_elsewhere(self) -> None:
        forged = orjson.loads(sealed())
        forged["state"]["family_name"] = forged["state"]["phone"]

        assert "family_name" not in shown(orjson.dumps(forged), ContactCreated.type, KEYS)["state"]


class TestSubjectsIn:
    def test_names_everybody_whose_key_is_needed(self) -> None:
        assert subjects_in(sealed()) == {SUBJECT}

    def test_passes_over_what_only_looks_sealed(self) -> None:
        assert subjects_in(b'{"a": "enc.v1.nobody.x", "b": ["enc.v1"]}') == frozenset()
