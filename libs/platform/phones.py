"""Telephone numbers: how two are compared, and what is stored of a person's."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED, KekRing, mask
from libs.common.listing_values import read_text
from libs.platform.subjects.columns import open_column, seal_column
from libs.platform.subjects.minting import keys_of
from libs.platform.subjects.sealing import Keyring

PHONE = "phone"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_REGIONS = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
_NO_DIGITS = re.compile(r"[^0-9]+")
_BLIND = {"phone": KekRing.blind_index, "phone_last4": KekRing.blind_index_last4}


@dataclass(frozen=True, slots=True)
class Phone:
    """What is stored of a person's number: ciphertext bound to its row, blind indexes and mask."""

    sealed: str
    index: str | None
    last4_index: str | None
    mask: str


# What stays of a number whose owner was forgotten.
ERASED_PHONE = Phone(ERASED, None, None, ERASED)


def phone_key(phone: str, region: str | None) -> str | None:
    """Return the number in E.164, read in `region` (ISO 3166-1 alpha-2) when it has no country code.

    None when it is not a possible number there.
    """
    if _is_plain(phone):
        return phone
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_plain(phone: str) -> bool:
    """Tell at little cost whether a number is in E.164 already, and nothing of it is a prefix to be dropped.

    False says nothing: the library reads such a number itself.
    """
    if not _E164.fullmatch(phone):
        return False
    code = next((int(phone[1:end]) for end in (2, 3, 4) if int(phone[1:end]) in _REGIONS), None)
    if code is None:
        return False
    prefix, lengths = _national(code)
    own = phone[1 + len(str(code)) :]
    return len(own) in lengths and own[0] != "0" and (prefix is None or prefix.match(own) is None)


@cache
def _national(code: int) -> tuple[re.Pattern[str] | None, frozenset[int]]:
    """Return the prefix that is dropped behind a country code, and how long numbers there may be."""
    region = phonenumbers.region_code_for_country_code(code)
    known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    if known is None or known.general_desc is None:
        return None, frozenset()
    prefix = known.national_prefix_for_parsing
    return re.compile(prefix) if prefix else None, frozenset(known.general_desc.possible_length)


def phone_match(phone: str, region: str | None) -> str | None:
    """Return the text by which a phone is compared: E.164, or its digits where the country is unknown."""
    return phone_key(phone, region) or _NO_DIGITS.sub("", unicodedata.normalize("NFKC", phone)) or None


def is_same_phone(session: AsyncSession, number: str | None, index: str | None) -> bool:
    """Tell whether a number is the one whose blind index is kept; no number is no index."""
    ring: KekRing = session.info["ring"]
    return (ring.blind_index(PHONE, phone_match(number, None) or number) if number else None) == index


async def seal_phone(session: AsyncSession, number: str, subject_id: UUID, table: str, row: UUID) -> Phone:
    """Return what to store of a number in column `phone` of a row; the subject must be known here."""
    keys = await keys_of(session, [subject_id])
    return sealed_phone(number, subject_id, keys, session.info["ring"], (table, row))


def sealed_phone(
    number: str, subject_id: UUID, keys: Keyring, ring: KekRing, place: tuple[str, UUID]
) -> Phone:
    """Do the same with the keys at hand; `place` is table and row."""
    sealed = seal_column(number, subject_id, keys, (*place, PHONE))
    form = phone_match(number, None) or number
    return Phone(sealed, ring.blind_index(PHONE, form), ring.blind_index_last4(PHONE, form), mask(form))


async def reveal_phone(session: AsyncSession, sealed: str, subject_id: UUID, table: str, row: UUID) -> str:
    """Return a stored number in the clear; the caller has asked the permission and audits it."""
    return open_column(sealed, await keys_of(session, [subject_id]), (table, row, PHONE))


def blinded(parameters: Iterable[tuple[str, str]], ring: KekRing) -> list[tuple[str, str]]:
    """Return a list's query parameters with numbers in `phone` and `phone_last4` as their blind indexes."""
    return [(name, _blinded(name, text, ring)) for name, text in parameters]


def _blinded(name: str, text: str, ring: KekRing) -> str:
    field, _, operator = name.partition("[")
    if field not in _BLIND or operator not in {"", "in]"}:
        return text
    try:
        values = [read_text(each) for each in text.split(",")]
    except ValueError:
        # As it is, the list refuses it.
        return text
    return ",".join(_BLIND[field](ring, PHONE, phone_match(each, None) or each) for each in values)
