"""Names, phones and addresses that a person would call the same are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.matching import company_key, email_key, phone_key, phone_match


class TestCompanyKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Acme Inc.", "ACME"),
            ("Acme, Inc", "acme corporation"),
            ("Acme Co., Ltd.", "Acme"),
            ("Acme GmbH & Co. KG", "Acme"),
            ("The Acme Company", "Acme"),
            ("ＡＣＭＥ　Ｌｔｄ", "Acme Ltd"),
            ("Café Olé S.A.", "Cafe Ole"),
            ("O'Brien Holdings PLC", "OBrien"),
            ("Müller & Söhne GmbH", "Muller and Sohne"),
            ("华为技术有限公司", "华为技术"),
            ("华为技术 有限公司", "华为技术股份有限公司"),
            ("中兴通讯股份有限公司", "中兴通讯"),
            ("万科企业集团股份有限公司", "万科企业"),
            ("阿里巴巴（中国）有限公司", "阿里巴巴(中国)"),
            ("臺灣積體電路有限責任公司", "臺灣積體電路"),
            ("Acme 中国有限公司", "ACME中国"),
        ],
    )
    def test_is_the_same_for_one_company(self, one: str, other: str) -> None:
        assert company_key(one) == company_key(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Acme", "Acme Europe"),
            ("Coca", "Coca Cola"),
            ("New York Times", "NewYork Times"),
            ("华为技术", "华为终端有限公司"),
            ("北京公司", "上海公司"),
            ("Ltd", "Inc"),
        ],
    )
    def test_differs_for_two_companies(self, one: str, other: str) -> None:
        assert company_key(one) != company_key(other)

    @pytest.mark.parametrize("name", ["The Company Ltd", "Ltd", "有限公司", "集团公司"])
    def test_keeps_a_name_of_legal_forms_alone(self, name: str) -> None:
        assert company_key(name)

    @given(st.text())
    def test_takes_any_name(self, name: str) -> None:
        key = company_key(name)

        assert key == key.strip()
        assert "  " not in key

    @given(st.text(st.characters(categories=["L"]), min_size=1))
    def test_is_never_empty_for_letters(self, name: str) -> None:
        assert company_key(name)


class TestEmailKey:
    def test_ignores_case_width_and_space(self) -> None:
        assert email_key(" Li.Wei＠Example.COM ") == "li.wei@example.com"

    def test_keeps_dots_and_tags(self) -> None:
        assert email_key("a.b+c@example.com") != email_key("ab@example.com")


class TestPhoneKey:
    @pytest.mark.parametrize(
        ("phone", "region", "key"),
        [
            ("+86 138 0013 8000", None, "+8613800138000"),
            ("138-0013-8000", "CN", "+8613800138000"),
            ("0086 13800138000", "CN", "+8613800138000"),
            ("(010) 6552-9988", "CN", "+861065529988"),
            ("+1 (415) 555-0132", "CN", "+14155550132"),
            ("415.555.0132", "US", "+14155550132"),
            ("020 7946 0018", "GB", "+442079460018"),
            ("０１３８００１３８０００", "CN", "+8613800138000"),
        ],
    )
    def test_is_e164(self, phone: str, region: str | None, key: str) -> None:
        assert phone_key(phone, region) == key

    @pytest.mark.parametrize("phone", ["", "call me", "12", "+", "+999 1234567", "9" * 300])
    def test_is_none_for_what_is_no_number(self, phone: str) -> None:
        assert phone_key(phone, "CN") is None

    @given(st.text(), st.sampled_from([None, "CN", "US", "XX"]))
    def test_takes_any_text(self, phone: str, region: str | None) -> None:
        key = phone_key(phone, region)

        assert key is None or key.startswith("+")


class TestPhoneMatch:
    def test_is_e164_where_the_country_is_known(self) -> None:
        assert phone_match("138-0013-8000", "CN") == phone_match("+86 138 0013 8000", None)

    def test_is_the_digits_where_it_is_not(self) -> None:
        assert phone_match("020 7946-0018", None) == phone_match("(020) 79460018", "Kenya") == "02079460018"

    def test_is_none_without_digits(self) -> None:
        assert phone_match("call me", "CN") is None
