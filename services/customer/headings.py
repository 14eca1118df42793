"""What the columns of people's tables are called, in English and Chinese, and whom a full name is made of."""

import re
import unicodedata
from collections.abc import Sequence

_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_NOISE = re.compile(r"[\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]{2,4}")
_DOT = re.compile(r"[·•・]")
_ADDRESSED = re.compile(r"(先生|女士|小姐)$")
_LATIN_ADDRESSED = frozenset({"mr", "mrs", "ms", "miss"})
_PARTICLES = frozenset(
    re.findall(
        r"\w+",
        "af al av bin da das de del della den der di do dos du el ibn la las le los ter van von zu zur",
    )
)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_COMPOUND = frozenset(
    re.findall(
        r"\w+",
        "欧阳 歐陽 上官 司马 司馬 诸葛 諸葛 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 慕容 司徒 司空 令狐 夏侯 "
        "端木 百里 长孙 長孫 宇文 轩辕 軒轅 钟离 鍾離 濮阳 濮陽 淳于 单于 單于 太史 申屠 公羊 公冶 澹台 "
        "澹臺 宗政 闻人 聞人 赫连 赫連 呼延 南宫 南宮 独孤 獨孤 东郭 東郭 西门 西門 拓跋 万俟 鲜于 鮮于 "
        "闾丘 亓官 司寇 仲孙",
    )
)
_LONGEST_HAN_NAME = 4

# Each field with its label in English and in Chinese, and then with other words for it. A word that two
# fields could mean stands with the one that it means more often.
_SHARED = {
    "external_id": (
        *("External id", "外部编号", "id", "record id", "external key", "reference", "ref", "编号", "编码"),
        *("外部id", "唯一标识", "序号", "客户编号", "联系人编号", "客户编码", "account id", "contact id"),
        *("customer id", "customer number", "contact number", "account number"),
    ),
    "owner_id": ("Owner id", "负责人编号", "owner user id", "负责人id", "所有人id", "归属人id"),
    "occurred_at": (
        *("Created on", "创建日期", "created", "created at", "create date", "date created", "created date"),
        *("创建时间", "录入时间", "录入日期", "建档日期"),
    ),
}
_CONTACT = {
    "full_name": (
        *("Full name", "姓名", "name", "contact", "contact name", "person", "联系人", "联系人姓名"),
        *("客户姓名", "联系人名称", "全名", "display name", "姓名全称", "contact person"),
    ),
    "family_name": ("Family name", "姓", "last name", "surname", "lastname", "姓氏", "name last"),
    "given_name": (
        *("Given name", "名", "first name", "forename", "firstname", "名字", "name first", "christian name"),
    ),
    "email": (
        *("E-mail", "邮箱", "email", "mail", "email address", "e mail address", "电子邮件", "电子邮箱"),
        *(
            "邮件",
            "邮箱地址",
            "电邮",
            "邮件地址",
            "work email",
            "business email",
            "primary email",
            "工作邮箱",
        ),
    ),
    "phone": (
        *(
            "Phone",
            "手机",
            "telephone",
            "tel",
            "mobile",
            "mobile phone",
            "cell",
            "cell phone",
            "phone number",
        ),
        *("mobile number", "telephone number", "work phone", "business phone", "手机号", "手机号码", "电话"),
        *("电话号码", "联系电话", "联系方式", "移动电话", "办公电话", "座机", "primary phone"),
    ),
    "title": (
        *(
            "Job title",
            "职位",
            "title",
            "position",
            "role",
            "job",
            "function",
            "职务",
            "头衔",
            "岗位",
            "称谓",
        ),
    ),
    "language": ("Language", "语言", "preferred language", "locale", "首选语言", "语种"),
    "account_name": (
        *("Account", "公司", "company", "company name", "organization", "organisation", "account name"),
        *("employer", "firm", "business", "organization name", "公司名称", "企业", "企业名称", "单位"),
        *("单位名称", "所属公司", "所属客户", "客户", "客户名称", "工作单位", "associated company"),
    ),
    "account_id": ("Account id in Plexus", "所属客户编号", "plexus account id", "所属客户id"),
}
_ACCOUNT = {
    "name": (
        *("Name", "客户名称", "account", "account name", "company", "company name", "organization"),
        *("organisation", "business name", "organization name", "customer", "customer name", "名称", "公司"),
        *("公司名称", "企业", "企业名称", "单位", "单位名称", "客户", "客户全称", "公司全称"),
    ),
    "industry": ("Industry", "行业", "sector", "branch", "所属行业", "行业类型", "行业分类"),
    "size": ("Size", "规模", "company size", "公司规模", "企业规模", "人员规模", "account size"),
    "website": (
        "Website",
        "网站",
        "web",
        "url",
        "web site",
        "homepage",
        "domain",
        "网址",
        "官网",
        "公司网站",
    ),
    "phone": (
        *("Phone", "电话", "telephone", "tel", "phone number", "main phone", "company phone", "电话号码"),
        *("联系电话", "公司电话", "总机", "座机", "手机", "联系方式"),
    ),
    "country": ("Country", "国家", "country region", "country code", "国家地区", "国别"),
    "address": (
        *("Address", "地址", "street", "street address", "billing address", "mailing address", "公司地址"),
        *("详细地址", "联系地址", "办公地址", "注册地址", "通讯地址"),
    ),
    "level": (
        "Level",
        "客户级别",
        "tier",
        "grade",
        "rating",
        "class",
        "级别",
        "等级",
        "客户等级",
        "客户分级",
    ),
    "source": ("Source", "来源", "lead source", "origin", "channel", "客户来源", "来源渠道", "渠道"),
    "annual_revenue": (
        *("Annual revenue", "年营业额", "revenue", "turnover", "annual turnover", "sales volume", "年收入"),
        *("营业额", "年销售额", "营收", "年营收"),
    ),
    "currency": ("Currency", "币种", "currency code", "货币", "币别"),
    "employees": (
        *("Employees", "员工人数", "number of employees", "employee count", "headcount", "staff", "人数"),
        *("员工数", "职工人数", "雇员人数"),
    ),
    "founded_year": (
        *("Founded", "成立年份", "founded year", "year founded", "established", "成立时间", "创立年份"),
        *("成立年", "foundation year"),
    ),
    "parent_id": ("Parent account id in Plexus", "上级客户编号", "plexus parent id", "上级客户id"),
}
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "contact": _CONTACT | _SHARED,
    "account": _ACCOUNT | _SHARED,
}


def folded(heading: str) -> str:
    """Return a heading as it is compared: width, case, spaces, marks and remarks in brackets gone."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return _NOISE.sub("", _BRACKETS.sub("", text)) or _NOISE.sub("", text)


_KNOWN = {
    object: {folded(word): field for field, words in reversed(fields.items()) for word in (field, *words)}
    for object, fields in FIELDS.items()
}


def guess(object: str, header: Sequence[str]) -> dict[int, str]:
    """Return which field each column of a table fills, by its heading; no field is filled twice."""
    found: dict[int, str] = {}
    for column, heading in enumerate(header):
        field = _KNOWN[object].get(folded(heading))
        if field is not None and field not in found.values():
            found[column] = field
    # The parts of a name say more than the whole.
    if {"family_name", "given_name"} <= set(found.values()):
        found = {column: field for column, field in found.items() if field != "full_name"}
    return found


def label(object: str, field: str, language: str) -> str:
    """Return what a field is called in `language` ("en" or "zh")."""
    return FIELDS[object][field][1 if language == "zh" else 0]


def split_name(name: str) -> tuple[str, str | None]:
    """Return family and given name of a full name, in the order that its writing suggests."""
    text = " ".join(_ADDRESSED.sub("", name.strip()).split())
    if "," in text or "，" in text:
        family, _, given = text.replace("，", ",").partition(",")
        return family.strip() or given.strip(), given.strip() or None
    if _DOT.search(text):
        # Foreign names, transliterated: the family comes last.
        *given_parts, family = (part.strip() for part in _DOT.split(text))
        return family, "·".join(given_parts) or None
    if _HAN.fullmatch(text.replace(" ", "")) or _HANGUL.fullmatch(text):
        return _split_han(text)
    return _split_latin(text.split())


def _split_han(text: str) -> tuple[str, str | None]:
    family, _, given = text.partition(" ")
    if given:
        return family, given.replace(" ", "")
    length = 2 if len(text) > 2 and text[:2] in _COMPOUND else 1  # noqa: PLR2004 - characters of a name
    if len(text) > _LONGEST_HAN_NAME:
        return text, None
    return text[:length], text[length:] or None


def _split_latin(words: list[str]) -> tuple[str, str | None]:
    if len(words) > 1 and words[0].rstrip(".").casefold() in _LATIN_ADDRESSED:
        words = words[1:]
    at = len(words) - 1
    while at > 1 and words[at].rstrip(".").casefold() in _SUFFIXES:
        at -= 1
    while at > 0 and words[at - 1].casefold() in _PARTICLES:
        at -= 1
    return " ".join(words[max(at, 0) :]), " ".join(words[: max(at, 0)]) or None
