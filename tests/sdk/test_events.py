"""Typed events: every published type is read as its class, and what is new disturbs nobody."""

import json
from typing import Any

import pytest
from plexus_crm import MalformedEvent, UnknownEvent, is_sealed, parse
from plexus_crm.event import Event, known_of, names_of, parse_json, parse_record
from plexus_crm.events import LeadCaptured, OpportunityWon
from plexus_crm.seen import FileSeen, MemorySeen, Seen

from tests.contracts.documents import EXAMPLES, contracts, read

NAMES = sorted(contracts())
ID = "01930000-0000-7000-8000-000000000001"


def document(name: str, data: dict[str, Any] | None = None, **attributes: Any) -> dict[str, Any]:
    """A CloudEvent in structured mode."""
    return {
        "specversion": "1.0",
        "id": "e-1",
        "type": name,
        "source": "/plexus/sales",
        "time": "2026-03-02T09:00:00+00:00",
        "subject": ID,
        "sequence": "3",
        "epoch": "2",
        "actor": "system",
        "correlationid": "c-1",
        "datacontenttype": "application/json",
        "data": read(EXAMPLES / f"{name}.json") if data is None else data,
        **attributes,
    }


def lead(**state: Any) -> dict[str, Any]:
    body = read(EXAMPLES / "sales.lead.captured.v1.json")
    return body | {"state": body["state"] | state}


class TestParse:
    @pytest.mark.parametrize("name", NAMES)
    def test_reads_every_published_type(self, name: str) -> None:
        event = parse(document(name))

        assert type(event).__name__ == contracts()[name].__name__
        assert (event.type, event.topic) == (name, contracts()[name].topic)
        assert event.key == str(
            contracts()[name].model_validate(read(EXAMPLES / f"{name}.json")).aggregate_id
        )

    def test_shows_the_envelope_beside_the_body(self) -> None:
        event = parse(document("sales.lead.captured.v1"))

        assert isinstance(event, LeadCaptured)
        assert (event.envelope.sequence, event.envelope.epoch) == (3, 2)
        assert (event.envelope.correlation_id, event.envelope.causation_id) == ("c-1", None)
        assert event.state.family_name
        assert event.place == ("sales.lead", str(event.lead_id))

    def test_keeps_a_field_of_a_later_day(self) -> None:
        event = parse(document("sales.lead.captured.v1", lead(of_a_later_day=1) | {"also_new": [2]}))

        assert (event.also_new, event.state.of_a_later_day) == ([2], 1)  # type: ignore[attr-defined]

    def test_takes_a_type_of_a_later_day(self) -> None:
        event = parse(document("sales.quote.sent.v1", {"quote_id": "q", "state": {"id": "q"}}))

        assert isinstance(event, UnknownEvent)
        assert (event.data["quote_id"], event.place) == ("q", ("sales.quote", "q"))

    def test_takes_a_body_without_what_is_personal(self) -> None:
        body = lead(family_name=None)
        del body["state"]["phone"]

        event = parse(document("sales.lead.captured.v1", body))

        assert isinstance(event, LeadCaptured)
        assert (event.state.family_name, event.state.phone) == (None, None)

    def test_takes_what_is_sealed_as_it_is(self) -> None:
        event = parse(document("sales.lead.captured.v1", lead(email="enc.v1.key.AAAA")))

        assert isinstance(event, LeadCaptured)
        assert is_sealed(event.state.email)
        assert not is_sealed(event.state.source)

    @pytest.mark.parametrize(
        "broken",
        [
            {"specversion": "0.3"},
            {"data": None},
            {"sequence": "many"},
            {"data": {"lead_id": ID}},
            {"time": "yesterday"},
        ],
        ids=["version", "body", "sequence", "schema", "time"],
    )
    def test_refuses_what_is_no_event(self, broken: dict[str, Any]) -> None:
        with pytest.raises(MalformedEvent):
            parse(document("sales.lead.captured.v1") | broken)

    @pytest.mark.parametrize("text", ["", "[]", "{"])
    def test_refuses_what_is_no_document(self, text: str) -> None:
        with pytest.raises(MalformedEvent):
            parse_json(text)


class TestParseRecord:
    def test_reads_binary_mode(self) -> None:
        whole = document("sales.lead.captured.v1")
        value = json.dumps(whole.pop("data")).encode()
        headers = [("content-type", b"application/json"), ("traceparent", b"00-1-2-01")]
        headers += [(f"ce_{name}", text.encode()) for name, text in whole.items()]

        event = parse_record(headers, value)

        assert isinstance(event, LeadCaptured)
        assert event.envelope.traceparent == "00-1-2-01"

    @pytest.mark.parametrize("headers", [[], [("ce_type", b"\xff")]], ids=["none", "bytes"])
    def test_refuses_what_is_no_event(self, headers: list[tuple[str, bytes]]) -> None:
        with pytest.raises(MalformedEvent):
            parse_record(headers, b"{}")


class TestNamesOf:
    def test_takes_names_classes_and_patterns(self) -> None:
        assert names_of([OpportunityWon, "sales.lead.*"]) == ["sales.opportunity.won.v1", "sales.lead.*"]
        assert names_of(None) is None


class TestKnownOf:
    def test_finds_what_a_pattern_means(self) -> None:
        leads = [name for name in NAMES if name.startswith("sales.lead.")]

        assert known_of([OpportunityWon, "sales.lead.*"]) == ["sales.opportunity.won.v1", *leads]
        assert known_of(None) == []

    def test_refuses_a_pattern_of_nothing(self) -> None:
        with pytest.raises(ValueError, match="no known type"):
            known_of(["nothing.*"])


@pytest.fixture(params=["memory", "file"])
def seen(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    if request.param == "memory":
        yield MemorySeen()
        return
    store = FileSeen(tmp_path / "seen.db")
    yield store
    store.close()


def at(epoch: int, sequence: int, key: str = ID) -> Event:
    body = lead() | {"lead_id": key}
    return parse(document("sales.lead.captured.v1", body, epoch=str(epoch), sequence=str(sequence)))


class TestSeen:
    def test_takes_what_comes_behind(self, seen: Seen) -> None:
        assert seen.is_new(at(1, 1))

        seen.mark(at(1, 1))

        assert seen.is_new(at(1, 2))
        assert not seen.is_new(at(1, 1))

    def test_counts_by_epoch_first(self, seen: Seen) -> None:
        seen.mark(at(1, 7))

        assert seen.is_new(at(2, 1))
        seen.mark(at(2, 1))
        assert not seen.is_new(at(1, 8))

    def test_counts_per_record(self, seen: Seen) -> None:
        seen.mark(at(1, 7))

        assert seen.is_new(at(1, 1, key="01930000-0000-7000-8000-000000000002"))

    def test_in_a_file_outlives_the_process(self, tmp_path: Any) -> None:
        first = FileSeen(tmp_path / "seen.db")
        first.mark(at(1, 3))
        first.close()

        again = FileSeen(tmp_path / "seen.db")

        assert not again.is_new(at(1, 3))
        assert again.is_new(at(1, 4))
        again.close()
