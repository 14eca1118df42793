"""The collector leaves out what a process has loaded, and looks seldom at what is new."""

import gc
from collections.abc import Iterator

import pytest

from libs.common.garbage import settle


@pytest.fixture(autouse=True)
def unsettled() -> Iterator[None]:
    """A process that has not settled; this one has again in the end."""
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    yield
    gc.unfreeze()
    settle()


class TestSettle:
    def test_leaves_out_what_there_is(self) -> None:
        settle()

        assert gc.get_freeze_count() > 10_000
        assert len(gc.get_objects()) < 10_000
        assert gc.get_threshold()[0] > 700

    def test_still_collects_what_comes_later(self) -> None:
        settle()
        circle: list[object] = []
        circle.append(circle)
        del circle

        assert gc.collect() >= 1

    def test_does_nothing_again(self) -> None:
        settle()
        before = gc.get_freeze_count()
        later: list[list[int]] = [[] for _ in range(5_000)]

        settle()

        assert len(later) == 5_000
        # Some of what was frozen may be gone by now; nothing has come to it.
        assert gc.get_freeze_count() <= before
