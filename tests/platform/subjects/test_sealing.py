from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest

from libs.common.crypto import ERASED, DataKey, Unreadable, sealed_key_id
from libs.common.events import Event, Personal, Sensitive, State
from libs.platform.subjects.sealing import (
    open_body,
    open_event,
    seal_model,
    subjects_to_open,
    subjects_to_seal,
)

PERSON, GUEST = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Guest(State):
    subject_id: UUID
    name: Personal[str]


class PersonState(State):
    subject_id: UUID | None
    name: Personal[str]
    phone: Sensitive[str] | None = None
    city: str = "Bonn"
    guests: tuple[Guest, ...] = ()


class PersonNamed(Event, type="testing.person.named.v1", key="person_id"):
    person_id: UUID
    note: Personal[str | None] = None
    state: PersonState


class PersonRenamed(PersonNamed, type="testing.person.renamed.v1", key="person_id"):
    pass


class PersonNumbered(Event, type="testing.person.numbered.v1", key="person_id"):
    person_id: UUID
    subject_id: UUID = PERSON
    lucky: Personal[int]


class NotHereError(Exception):
    pass


class Keys:
    def __init__(self, *subjects: UUID, erased: frozenset[UUID] = frozenset()) -> None:
        self.keys = {subject: DataKey(str(subject), subject.bytes * 2) for subject in subjects}
        self.erased = erased

    def find(self, subject_id: UUID) -> DataKey | None:
        if subject_id in self.erased:
            return None
        if subject_id not in self.keys:
            raise NotHereError
        return self.keys[subject_id]


KEYS = Keys(PERSON, GUEST)


def named(
    kind: type[PersonNamed] = PersonNamed, person: int = 7, subject: UUID | None = PERSON
) -> PersonNamed:
    state = PersonState(
        subject_id=subject, name="Ada", phone="13812340000", guests=(Guest(subject_id=GUEST, name="Grace"),)
    )
    return kind(person_id=UUID(int=person), occurred_at=NOW, note="likes tea", state=state)


def sealed() -> PersonNamed:
    return PersonNamed.model_validate(seal_model(named(), KEYS))


class TestSealModel:
    def test_leaves_nothing_personal_in_the_clear(self) -> None:
        text = orjson.dumps(seal_model(named(), KEYS)).decode()

        assert [word for word in ("Ada", "13812340000", "likes tea", "Grace") if word in text] == []

    def test_leaves_the_rest_as_it_is(self) -> None:
        body, clear = seal_model(named(), KEYS), named().model_dump(mode="json")

        for name in ("person_id", "occurred_at", "owner_path"):
            assert body[name] == clear[name]
        assert body["state"]["city"] == "Bonn"

    def test_uses_the_key_of_the_nearest_subject(self) -> None:
        body = seal_model(named(), KEYS)

        assert sealed_key_id(body["note"]) == sealed_key_id(body["state"]["name"]) == str(PERSON)
        assert sealed_key_id(body["state"]["guests"][0]["name"]) == str(GUEST)

    def test_seals_a_text_that_looks_sealed(self) -> None:
        event = named().model_copy(update={"note": "enc.v1.nobody.AAAA"})

        body = seal_model(event, KEYS)

        assert open_event(PersonNamed.model_validate(body), KEYS).note == "enc.v1.nobody.AAAA"

    def test_leaves_null_null(self) -> None:
        event = named().model_copy(update={"note": None})

        assert seal_model(event, KEYS)["note"] is None

    def test_writes_nothing_of_an_erased_subject(self) -> None:
        body = seal_model(named(), Keys(GUEST, erased=frozenset({PERSON})))

        assert (body["note"], body["state"]["name"], body["state"]["phone"]) == (ERASED,) * 3

    def test_refuses_a_field_that_belongs_to_no_subject(self) -> None:
        with pytest.raises(TypeError, match="no subject"):
            seal_model(named(subject=None), KEYS)

    def test_refuses_a_marked_field_that_is_no_text(self) -> None:
        event = PersonNumbered(person_id=PERSON, occurred_at=NOW, lucky=7)

        with pytest.raises(TypeError, match="not a text"):
            seal_model(event, KEYS)

    def test_names_the_subjects_it_needs(self) -> None:
        assert subjects_to_seal(named()) == subjects_to_open(sealed()) == {PERSON, GUEST}


class TestOpenEvent:
    def test_gives_back_what_was_sealed(self) -> None:
        assert open_event(sealed(), KEYS) == named()

    def test_reads_erased_where_the_subject_is(self) -> None:
        opened = open_event(sealed(), Keys(PERSON, erased=frozenset({GUEST})))

        assert (opened.state.name, opened.state.guests[0].name) == ("Ada", ERASED)

    def test_waits_for_a_key_that_has_not_come(self) -> None:
        with pytest.raises(NotHereError):
            open_event(sealed(), Keys(PERSON))

    def test_keeps_what_was_written_after_an_erasure(self) -> None:
        body = seal_model(named(), Keys(GUEST, erased=frozenset({PERSON})))

        assert open_event(PersonNamed.model_validate(body), Keys(GUEST)).state.name == ERASED

    def test_leaves_a_public_text_alone_that_looks_sealed(self) -> None:
        state = named().state.model_copy(update={"city": f"enc.v1.{UUID(int=9)}.AAAA"})
        event = named().model_copy(update={"state": state})

        assert open_event(PersonNamed.model_validate(seal_model(event, KEYS)), KEYS) == event

    def test_refuses_fields_that_changed_places(self) -> None:
        event = sealed()
        state = event.state.model_copy(update={"name": event.state.phone, "phone": event.state.name})

        with pytest.raises(Unreadable):
            open_event(event.model_copy(update={"state": state}), KEYS)

    def test_refuses_a_key_that_is_no_subject(self) -> None:
        state = sealed().state.model_copy(update={"name": "enc.v1.nobody.AAAA"})

        with pytest.raises(Unreadable):
            open_event(sealed().model_copy(update={"state": state}), KEYS)

    def test_refuses_a_body_moved_to_another_type(self) -> None:
        with pytest.raises(Unreadable):
            open_event(PersonRenamed.model_validate(seal_model(named(), KEYS)), KEYS)

    def test_refuses_a_body_moved_to_another_aggregate(self) -> None:
        with pytest.raises(Unreadable):
            open_event(sealed().model_copy(update={"person_id": UUID(int=8)}), KEYS)

    def test_opens_a_stored_body_by_its_type(self) -> None:
        body = seal_model(named(), KEYS)

        assert open_body(body, "testing.person.named.v1", KEYS) == named().model_dump(mode="json")
