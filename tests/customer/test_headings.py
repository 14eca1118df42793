"""What columns are called, and whom a full name is made of."""

import pytest

from services.customer.headings import FIELDS, folded, guess, label, split_name

CONTACT = {
    "姓名": "full_name",
    "联系人姓名": "full_name",
    "Name": "full_name",
    "Contact Name": "full_name",
    "姓": "family_name",
    "姓氏": "family_name",
    "Last Name": "family_name",
    "surname": "family_name",
    "名": "given_name",
    "First_Name": "given_name",
    "手机": "phone",
    "手机号码": "phone",
    "*手机号（必填）": "phone",
    "联系电话": "phone",
    "Mobile Phone": "phone",
    "Tel.": "phone",
    "邮箱": "email",
    "电子邮件": "email",
    "E-Mail": "email",
    "e-mail address": "email",
    "Ｅｍａｉｌ": "email",
    "公司": "account_name",
    "公司名称": "account_name",
    "所属客户": "account_name",
    "Company": "account_name",
    "Organization Name": "account_name",
    "职位": "title",
    "职务": "title",
    "Job Title": "title",
    "语言": "language",
    "编号": "external_id",
    "Record ID": "external_id",
    "创建时间": "occurred_at",
    "Create Date": "occurred_at",
    "given_name": "given_name",
}
ACCOUNT = {
    "客户名称": "name",
    "公司": "name",
    "Company": "name",
    "所属行业": "industry",
    "Industry": "industry",
    "规模": "size",
    "官网": "website",
    "URL": "website",
    "电话": "phone",
    "国家": "country",
    "Country/Region": "country",
    "地址": "address",
    "客户级别": "level",
    "来源": "source",
    "年营业额": "annual_revenue",
    "Annual Revenue": "annual_revenue",
    "币种": "currency",
    "员工人数": "employees",
    "Number of Employees": "employees",
    "成立年份": "founded_year",
    "客户编号": "external_id",
}


class TestGuess:
    @pytest.mark.parametrize(("heading", "field"), CONTACT.items())
    def test_knows_columns_of_contacts(self, heading: str, field: str) -> None:
        assert guess("contact", [heading]) == {0: field}

    @pytest.mark.parametrize(("heading", "field"), ACCOUNT.items())
    def test_knows_columns_of_accounts(self, heading: str, field: str) -> None:
        assert guess("account", [heading]) == {0: field}

    def test_fills_no_field_twice(self) -> None:
        assert guess("contact", ["Phone", "手机", "备注", ""]) == {0: "phone"}

    def test_prefers_the_parts_of_a_name(self) -> None:
        found = guess("contact", ["Name", "First name", "Last name"])

        assert found == {1: "given_name", 2: "family_name"}

    @pytest.mark.parametrize("object", FIELDS)
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_knows_its_own_templates(self, object: str, language: str) -> None:
        fields = [each for each in FIELDS[object] if each != "full_name"]

        found = guess(object, [label(object, each, language) for each in fields])

        assert list(found.values()) == fields

    @pytest.mark.parametrize("object", FIELDS)
    def test_no_word_stands_twice_in_a_field(self, object: str) -> None:
        for words in FIELDS[object].values():
            forms = [folded(word) for word in words]
            assert len(set(words)) == len(words)
            assert "" not in forms


class TestSplitName:
    @pytest.mark.parametrize(
        ("name", "parts"),
        [
            ("张伟", ("张", "伟")),
            ("王小明", ("王", "小明")),
            ("欧阳修", ("欧阳", "修")),
            ("欧阳", ("欧", "阳")),
            ("司马相如", ("司马", "相如")),
            ("諸葛亮", ("諸葛", "亮")),
            ("李 小龙", ("李", "小龙")),
            ("李", ("李", None)),
            ("王小明先生", ("王", "小明")),
            ("中国移动通信", ("中国移动通信", None)),
            ("约翰·史密斯", ("史密斯", "约翰")),
            ("김철수", ("김", "철수")),
            ("John Smith", ("Smith", "John")),
            ("  John   Ronald Smith ", ("Smith", "John Ronald")),
            ("Smith, John", ("Smith", "John")),
            ("Ludwig van Beethoven", ("van Beethoven", "Ludwig")),
            ("Juan de la Cruz", ("de la Cruz", "Juan")),
            ("Mr. John Smith Jr.", ("Smith Jr.", "John")),
            ("Mr Smith", ("Smith", None)),
            ("Madonna", ("Madonna", None)),
            (", John", ("John", "John")),
        ],
    )
    def test_goes_by_the_writing(self, name: str, parts: tuple[str, str | None]) -> None:
        assert split_name(name) == parts
