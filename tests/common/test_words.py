"""Words to find texts by."""

import pytest

from libs.common.sounds import words
from libs.common.words import asked, folded


def is_found(text: str, query: str) -> bool:
    tokens = asked(query)
    return bool(tokens) and set(tokens) <= set(words([text]))


class TestWords:
    @pytest.mark.parametrize(
        ("text", "query"),
        [
            *(("Acme Ltd", "acme"), ("Acme Ltd", "ac"), ("Acme Ltd", "LTD acme"), ("Acme Ltd", "Ａｃｍｅ")),
            *(("张伟", "张伟"), ("张伟", "张"), ("张伟", "zw"), ("张伟", "zhang"), ("张伟明", "伟明")),
            *(("深圳市腾讯计算机系统有限公司", "腾讯"), ("深圳市腾讯计算机系统有限公司", "txjs")),
            *(("GTX显卡", "gtx"), ("GTX显卡", "显卡"), ("GTX显卡", "gtx显卡")),
            *(("li.wei@example.com", "li.wei@example.com"), ("li.wei@example.com", "example")),
            *(("Straße", "strasse"), ("Émile Zola", "émile"), ("T-1001", "t-1001"), ("7", "7")),
            ("Internationalisation", "internationalisation"),
        ],
        ids=range(21),
    )
    def test_find_a_text(self, text: str, query: str) -> None:
        assert is_found(text, query)

    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("Acme Ltd", "cme"),
            ("张伟", "伟张"),
            ("张伟", "李"),
            ("Acme", "acme ltd"),
            ("Acme", "!?"),
            ("Acme", ""),
        ],
        ids=range(6),
    )
    def test_do_not_find_another(self, text: str, query: str) -> None:
        assert not is_found(text, query)

    def test_are_bounded(self) -> None:
        assert len(words(["".join(map(chr, range(0x4E00, 0x4E00 + 2000)))])) == 400

    def test_are_the_same_whatever_the_order(self) -> None:
        assert words(["b a", None, "c"]) == words(["c", "a b"]) == ["a", "b", "c"]


class TestFolded:
    def test_is_one_width_one_case_and_single_spaces(self) -> None:
        assert folded("  Ａcme \t  LTD ") == "acme ltd"
