"""CloudEvents in and out: what can be read, and what never will."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.common.bus import Headers, Record
from libs.common.envelope import Attributes, PoisonError, decode, headers, wire
from libs.common.ids import new_id
from tests.chaos import toy

KEY = UUID(int=7)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def record(value: bytes | None = None, *, key: bytes | None = None, **changed: str | None) -> Record:
    """An event as it stands on the topic, with headers changed or left out."""
    named: dict[str, str | None] = {**toy.wire_headers(3), **changed}
    kept: Headers = wire({name: text for name, text in named.items() if text is not None})
    body = toy.body(KEY, 3) if value is None else value
    return Record("crm.toy.thing", 0, 41, NOW, str(KEY).encode() if key is None else key, body, kept)


class TestDecode:
    def test_reads_attributes_and_body(self) -> None:
        envelope = decode(record(ce_actor="someone", traceparent="00-1-2-01", ce_epoch="2"))

        assert (envelope.sequence, envelope.epoch, envelope.key) == (3, 2, str(KEY))
        assert (envelope.actor, envelope.traceparent) == ("someone", "00-1-2-01")
        assert isinstance(envelope.event, toy.ThingHappened)
        assert envelope.event.step == 3

    def test_reads_an_unknown_type_without_its_body(self) -> None:
        assert decode(record(b"\xff", ce_type="toy.thing.danced.v1")).event is None

    def test_ignores_an_unknown_field(self) -> None:
        value = toy.body(KEY, 3).replace(b"{", b'{"mood": "good", ', 1)

        event = decode(record(value)).event

        assert isinstance(event, toy.ThingHappened)
        assert event.step == 3

    @pytest.mark.parametrize(
        "missing", ["ce_id", "ce_type", "ce_source", "ce_time", "ce_sequence", "ce_specversion"]
    )
    def test_refuses_what_is_no_cloud_event(self, missing: str) -> None:
        with pytest.raises(PoisonError, match=missing):
            decode(record(**{missing: None}))

    @pytest.mark.parametrize(
        "changed",
        [
            {"ce_id": "seven"},
            {"ce_sequence": "three"},
            {"ce_epoch": "first"},
            {"ce_time": "noon"},
            {"ce_specversion": "0.3"},
        ],
    )
    def test_refuses_a_malformed_header(self, changed: dict[str, str]) -> None:
        with pytest.raises(PoisonError):
            decode(record(None, key=None, **changed))

    @pytest.mark.parametrize("value", [b"", b"{", b"\xff\xfe", b"[]", b'{"thing_id": "7", "step": 1}'])
    def test_refuses_a_body_that_breaks_its_schema(self, value: bytes) -> None:
        with pytest.raises(PoisonError, match="schema"):
            decode(record(value))

    def test_refuses_a_key_that_is_no_text(self) -> None:
        with pytest.raises(PoisonError, match="UTF-8"):
            decode(record(key=b"\xff"))

    def test_tells_the_place_and_never_the_content(self) -> None:
        secret = toy.body(KEY, 3).replace(b'"step":3', b'"step":"Zhang Wei"')

        with pytest.raises(PoisonError) as refused:
            decode(record(secret))

        assert "step" in str(refused.value)
        assert "Zhang" not in str(refused.value)


class TestHeaders:
    def test_leave_out_what_is_not_known(self) -> None:
        named = headers(Attributes(new_id(), "t", "toy", NOW, "s", 1, actor="a", correlation_id="c"))

        assert named["content-type"] == "application/json"
        assert named["ce_time"] == "2026-03-02T09:00:00+00:00"
        assert named.keys().isdisjoint({"ce_causationid", "traceparent"})


class TestRecord:
    def test_shows_a_header_as_text_that_postgresql_can_keep(self) -> None:
        strange = Record("t", 0, 0, NOW, b"", b"", (("a", b"x\x00y"), ("b", b"\xff")))

        assert (strange.header("a"), strange.header("b"), strange.header("c")) == ("x\ufffdy", "\ufffd", None)
