import pytest

from libs.common.problems import BadRequest
from services.auth.passwords import demand_foreign, demand_hard_to_guess, normal


class TestHardToGuess:
    @pytest.mark.parametrize("password", ["correct horse", "Jx7-qpLm2!vR", "三人行必有我师焉择其善者"])
    def test_takes_what_nobody_guesses(self, password: str) -> None:
        demand_hard_to_guess(password)

    @pytest.mark.parametrize(
        "password",
        [
            *("passwordpassword", "password1234", "qwertyuiop123", "123456789012", "aaaaaaaaaaaa"),
            *("administrator", "P4ssw0rd2026", "plexusplexus", "password" * 16),
        ],
    )
    def test_refuses_what_is_common(self, password: str) -> None:
        with pytest.raises(BadRequest) as refused:
            demand_hard_to_guess(password)

        assert refused.value.document()["errors"][0]["pointer"] == "/password"
        assert refused.value.slug == "password-too-common"


class TestForeign:
    @pytest.mark.parametrize(
        "password",
        ["xx ada.lovelace yy", "my Lovelace 1815!", "ADA.LOVELACE@example.org", "0-countess-9-8-7"],
    )
    def test_refuses_own_words(self, password: str) -> None:
        with pytest.raises(BadRequest) as refused:
            demand_foreign(password, " Ada.Lovelace@example.org", "Ada, Countess")

        assert refused.value.slug == "password-own-words"

    @pytest.mark.parametrize("password", ["correct horse", "canada is large", "example.org is fine"])
    def test_takes_everything_else(self, password: str) -> None:
        demand_foreign(password, "ada@example.org", "Ada Li")

    def test_knows_a_chinese_name(self) -> None:
        with pytest.raises(BadRequest):
            demand_foreign("我是欧阳娜娜不告诉你", "o@example.org", "欧阳娜娜")


def test_spells_alike_what_looks_alike() -> None:
    assert normal("e\u0301tude") == normal("étude")
