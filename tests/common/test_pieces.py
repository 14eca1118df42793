"""Pieces of a file: bound to their place."""

import pytest

from libs.common.crypto import DataKey, Unreadable
from libs.common.pieces import open_piece, seal_piece

KEY = DataKey("a", bytes(range(32)))


class TestPiece:
    def test_comes_back(self) -> None:
        sealed = seal_piece(b"secret", KEY, b"file 1")

        assert open_piece(sealed, KEY, b"file 1") == b"secret"
        assert b"secret" not in sealed
        assert seal_piece(b"secret", KEY, b"file 1") != sealed

    @pytest.mark.parametrize(
        ("change", "place"), [(slice(0), b"file 2"), (slice(-1), b"file 1"), (slice(5), b"file 1")]
    )
    def test_opens_nowhere_else(self, change: slice, place: bytes) -> None:
        sealed = seal_piece(b"secret", KEY, b"file 1")
        moved = sealed if place == b"file 2" else sealed[change]

        with pytest.raises(Unreadable):
            open_piece(moved, KEY, place)

    def test_asks_for_a_place(self) -> None:
        with pytest.raises(ValueError, match="mandatory"):
            seal_piece(b"secret", KEY, b"")
