"""Positions in partitions as one short text."""

import base64

import pytest

from libs.common.bus import TopicPartition
from libs.common.positions import decode, encode
from libs.common.problems import BadRequest

TOPICS = ["crm.sales.lead", "crm.sales.opportunity", "crm.ticketing.ticket-message"]


def place(topic: int, partition: int) -> TopicPartition:
    return TopicPartition(TOPICS[topic], partition)


class TestEncode:
    @pytest.mark.parametrize("at", [1, 127, 128, 300, 2**40, 2**63 - 1])
    def test_is_read_again(self, at: int) -> None:
        positions = {place(0, 0): at, place(1, 3): 1, place(1, 11): at}

        found = {each: n for each, n in decode(encode(positions), TOPICS).items() if n}

        assert found == positions

    def test_does_not_depend_on_the_order(self) -> None:
        one = {place(0, 0): 5, place(1, 3): 7}
        other = dict(reversed(one.items())) | {place(2, 0): 0}

        assert encode(one) == encode(other)

    def test_fits_a_header_line(self) -> None:
        topics = [f"crm.service.aggregate-{number}" for number in range(40)]
        positions = {TopicPartition(topic, number): 100_000 for topic in topics for number in range(12)}

        assert len(encode(positions)) < 2500
        assert decode(encode(positions), topics) == positions


class TestDecode:
    def test_reads_none_as_the_beginning(self) -> None:
        assert decode(None, TOPICS) == {}
        assert decode(encode({}), TOPICS) == {}

    def test_passes_over_topics_that_are_no_more(self) -> None:
        text = encode({place(0, 0): 5, TopicPartition("crm.gone.away", 2): 7})

        assert decode(text, TOPICS) == {place(0, 0): 5}

    def test_reads_the_form_of_an_earlier_release(self) -> None:
        text = base64.urlsafe_b64encode(b'{"crm.sales.lead/3": 17}').decode().rstrip("=")

        assert decode(text, TOPICS) == {place(0, 3): 17}

    @pytest.mark.parametrize(
        "raw",
        [
            *(b"", b"\x02", b"\x01abc", b"\x01abcd", b"\x01abcd\x02\x01", b"\x01abcd\x01\xff"),
            b"\x01abcd\x01" + b"\xff" * 9 + b"\x7f",
            *(b"[1]", b'{"a": -1}', b'{"a/0": -1}', b'{"a/0": "1"}', b'{"a/x": 1}', b"{"),
        ],
        ids=range(13),
    )
    def test_refuses_what_was_never_made(self, raw: bytes) -> None:
        with pytest.raises(BadRequest):
            decode(base64.urlsafe_b64encode(raw).decode().rstrip("="), ["crm.sales.lead"])

    @pytest.mark.parametrize("text", ["x", "é", "%00", "AQ==="], ids=range(4))
    def test_refuses_what_is_no_such_text(self, text: str) -> None:
        with pytest.raises(BadRequest):
            decode(text, TOPICS)
