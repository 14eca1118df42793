"""Links that leave the house open what we signed, and nothing else."""

import pytest

from libs.common.crypto import KekRing
from libs.common.problems import NotFound
from libs.common.testing import kek_file
from libs.platform.links import LONGEST_TOKEN, opened, sign

PAYLOAD = b"\x00\x01 member \xff"


@pytest.fixture(scope="module")
def ring() -> KekRing:
    return KekRing.load(kek_file())


class TestOpened:
    def test_returns_what_was_signed(self, ring: KekRing) -> None:
        token = sign(ring, "survey", PAYLOAD)

        assert opened(ring, "survey", token) == PAYLOAD
        assert token.isascii()
        assert token == sign(ring, "survey", PAYLOAD)

    def test_opens_links_of_its_own_kind_alone(self, ring: KekRing) -> None:
        with pytest.raises(NotFound):
            opened(ring, "unsubscribe", sign(ring, "survey", PAYLOAD))

    def test_refuses_every_changed_character(self, ring: KekRing) -> None:
        token = sign(ring, "survey", PAYLOAD)

        for place, character in enumerate(token):
            other = "A" if character != "A" else "B"
            with pytest.raises(NotFound):
                opened(ring, "survey", token[:place] + other + token[place + 1 :])

    @pytest.mark.parametrize(
        "token",
        ["", "x", "=", "é", "a b", "%00", "\x00", "A" * (LONGEST_TOKEN + 1), "../../etc/passwd", "A" * 22],
        ids=["nothing", "short", "padding", "accent", "space", "escape", "nul", "long", "path", "zeros"],
    )
    def test_refuses_what_is_no_token(self, ring: KekRing, token: str) -> None:
        with pytest.raises(NotFound):
            opened(ring, "survey", token)

    def test_knows_one_spelling_of_a_token(self, ring: KekRing) -> None:
        token = sign(ring, "survey", b"12")

        for spelled in (
            token + "=",
            token + "==",
            token + "\n",
            token.replace("-", "+").replace("_", "/") + "=",
        ):
            with pytest.raises(NotFound):
                opened(ring, "survey", spelled)

    def test_refuses_the_signature_of_another_ring(self, ring: KekRing) -> None:
        other = KekRing(ring.current, ring.keys, bytes(32))

        with pytest.raises(NotFound):
            opened(ring, "survey", sign(other, "survey", PAYLOAD))
