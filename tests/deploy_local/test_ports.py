"""Ports that no two stacks share."""

import socket
from collections.abc import Iterator

import pytest

from deploy.local.ports import Ports

FIRST = 29500


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


class TestTake:
    def test_passes_over_a_port_that_somebody_listens_on(self, taken: int) -> None:
        assert Ports().take("gateway", taken) > taken

    def test_passes_over_a_port_that_another_stack_has_chosen(self) -> None:
        first, second = Ports(), Ports()

        assert first.take("gateway", FIRST) < second.take("gateway", FIRST)

    def test_keeps_the_port_of_the_last_start(self) -> None:
        assert Ports({"gateway": FIRST + 77}).take("gateway", FIRST) == FIRST + 77

    def test_leaves_a_kept_port_that_was_taken_since(self, taken: int) -> None:
        assert Ports({"gateway": taken}).take("gateway", FIRST) != taken

    def test_gives_no_port_twice(self) -> None:
        ports = Ports()

        assert ports.take("sales", FIRST) != ports.take("auth", FIRST)
