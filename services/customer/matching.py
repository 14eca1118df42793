"""What makes two records look like one: the forms of a name, a phone and an address that are compared."""

import re
import unicodedata

import phonenumbers

_ACCENTS = re.compile("[\u0300-\u036f]")
_SILENT = re.compile(r"[.'’`]")
_BREAKS = re.compile(r"[\W_]+")
_NO_DIGITS = re.compile(r"[^0-9]+")
_ARTICLES = ("the",)

# Legal forms say how a company is registered, not who it is.
_LATIN_FORMS = frozenset(
    re.findall(
        r"\w+",
        "ab ag aps as bv co company corp corporation doo eirl gmbh group holding holdings inc "
        "incorporated kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv oao oo ooo oy oyj plc pte "
        "pty pvt sa sab sas sarl sdn bhd sl spa spzoo srl srls ug und",
    )
)
_HAN_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "有限責任公司",
    "有限公司",
    "股份公司",
    "总公司",
    "總公司",
    "集团",
    "集團",
    "控股",
    "公司",
    "股份",
    "有限",
)


def company_key(name: str) -> str:
    """Fold a company's name to what is compared: width, case, accents, punctuation and legal forms gone.

    A name made of nothing else ("The Company Ltd") keeps its words, so it equals only itself.
    """
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", name))
    folded = unicodedata.normalize("NFKC", folded).casefold().replace("&", " and ")
    words = _BREAKS.sub(" ", _SILENT.sub("", folded)).split()
    return _without_han_forms("".join(_joined(_without_latin_forms(words)))) or name.strip()


def email_key(email: str) -> str:
    """Fold an e-mail address to what is compared; providers' own aliases are left alone."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def phone_key(phone: str, region: str | None) -> str | None:
    """Return the number in E.164, read in `region` (ISO 3166-1 alpha-2) when it has no country code.

    None when it is not a possible number there.
    """
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_match(phone: str, region: str | None) -> str | None:
    """Return the text by which a phone is compared: E.164, or its digits where the country is unknown."""
    return phone_key(phone, region) or _NO_DIGITS.sub("", unicodedata.normalize("NFKC", phone)) or None


def _without_latin_forms(words: list[str]) -> list[str]:
    start = 1 if len(words) > 1 and words[0] in _ARTICLES else 0
    end = len(words)
    while end > start and (words[end - 1] in _LATIN_FORMS or words[end - 1] == "and"):
        end -= 1
    return words[start:end] or words


def _joined(words: list[str]) -> list[str]:
    """Put a space only between two Latin words: Chinese names are written with and without."""
    return [
        f" {word}" if place and word[0].isascii() and words[place - 1][-1].isascii() else word
        for place, word in enumerate(words)
    ]


def _without_han_forms(name: str) -> str:
    for form in _HAN_FORMS:
        if name.endswith(form) and name != form:
            return _without_han_forms(name.removesuffix(form))
    return name
