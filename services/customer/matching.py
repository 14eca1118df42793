"""What makes two records look like one: the forms of a name, a phone and an address that are compared."""

import re
import unicodedata

from libs.platform.phones import phone_key, phone_match

__all__ = ["company_key", "email_key", "phone_key", "phone_match"]

_ACCENTS = re.compile("[\u0300-\u036f]")
_SILENT = re.compile(r"[.'’`]")
_BREAKS = re.compile(r"[\W_]+")
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
