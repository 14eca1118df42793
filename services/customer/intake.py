"""From a row of texts to what the API would be sent: the same fields, checked by the same schemas."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from libs.common.crypto import KekRing
from libs.common.inert import unquoted
from libs.common.problem_texts import CODES, register, title
from libs.common.problems import Malformed, Problem
from libs.common.validation import from_validation
from libs.platform.phones import PHONE
from services.customer.accounts.schemas import AccountCreate, AccountUpdate
from services.customer.contacts.schemas import ContactCreate, ContactUpdate
from services.customer.headings import label, split_name
from services.customer.matching import company_key, email_key, phone_match

register(
    {
        "account-unknown": ("No account of this name is known", "没有找到该名称的客户"),
        "import-ambiguous": ("Several records match the row", "有多条记录与该行匹配"),
        "row-too-long": ("The row has more cells than the header", "该行的单元格多于标题行"),
    }
)

type Payload = dict[str, Any]
type Reasons = list[dict[str, str]]

CREATE: dict[str, type[BaseModel]] = {"contact": ContactCreate, "account": AccountCreate}
UPDATE: dict[str, type[BaseModel]] = {"contact": ContactUpdate, "account": AccountUpdate}
# By what a record may be found again, and which fields of a table hold it.
KEYS: dict[str, dict[str, str]] = {
    "contact": {"external_id": "external_id", "email": "email", "phone": "phone"},
    "account": {"external_id": "external_id", "name": "name", "phone": "phone"},
}
# What a new record cannot do without; any of each group.
REQUIRED: dict[str, tuple[str, ...]] = {"contact": ("family_name", "full_name"), "account": ("name",)}
_NUMBERS = frozenset({"employees", "founded_year"})
_ONLY_NEW = frozenset({"external_id", "occurred_at"})
_GROUPED = re.compile(r"(?<=\d)[,，\s](?=\d{3}\b)")
_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
# Minor units where they are not hundredths (ISO 4217).
_EXPONENTS = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF"),
    0,
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one import are read: the field of each column, and what goes for all of them."""

    object: str
    fields: tuple[str | None, ...]
    options: Mapping[str, Any]
    zone: tzinfo = UTC

    @property
    def match_by(self) -> str | None:
        """Return by what records are found that are there already; None when every row makes a new one."""
        return None if self.options["on_match"] == "create" else self.options["match_by"]


@dataclass(slots=True)
class Intent:
    """One row: where it stands, its cells, what it says, and by what it is found again."""

    row: int
    cells: list[str]
    payload: Payload
    key: str | None = None
    account: str | None = None
    account_key: str | None = None
    refused: Reasons | None = None


def read(plan: Plan, ring: KekRing, row: int, cells: list[str]) -> Intent:
    """Return what a row says; what is wrong with it at first sight stands in `refused`."""
    payload = _payload(plan, cells)
    intent = Intent(row, cells, payload, account=payload.pop("account_name", None))
    if intent.account is not None:
        intent.account_key = _name_key(intent.account)
    if any(cell.strip() for cell in cells[len(plan.fields) :]):
        intent.refused = [{"slug": "row-too-long"}]
    intent.key = _key(plan, ring, payload)
    return intent


def new_record(plan: Plan, intent: Intent) -> Any:
    """Return the row as the API's payload for a new record; raises Problem for what does not fit."""
    owner_id = plan.options["default_owner_id"]
    owner = {"owner_id": owner_id} if owner_id else {}
    return _valid(CREATE[plan.object], owner | intent.payload)


def change(plan: Plan, intent: Intent) -> Any:
    """Return the row as the API's payload for a change: an empty cell leaves what is there."""
    sent = {name: value for name, value in intent.payload.items() if name not in _ONLY_NEW}
    return _valid(UPDATE[plan.object], sent)


def reasons_of(problem: Problem) -> Reasons:
    """Return why a row was refused, in words that no row's values stand in."""
    found = [{"code": each.code, "field": (each.pointer or "/").split("/")[1]} for each in problem.errors]
    return found or [{"slug": problem.slug}]


def worded(object: str, reasons: Sequence[Mapping[str, str]], language: str) -> str:
    """Return reasons as a text for people."""
    return "; ".join(_worded(object, reason, language) for reason in reasons)


def _worded(object: str, reason: Mapping[str, str], language: str) -> str:
    if "slug" in reason:
        return title(reason["slug"], language)
    text = CODES.get(reason["code"], CODES["not-valid"]).in_language(language)
    try:
        named = label(object, reason["field"].removesuffix("_minor"), language)
    except KeyError:
        return text
    return f"{named}: {text}" if language == "en" else f"{named}：{text}"


def _payload(plan: Plan, cells: list[str]) -> Payload:
    found: Payload = {}
    for field, cell in zip(plan.fields, cells, strict=False):
        if field is not None:
            text = unquoted(cell.strip())
            if text:
                found[field] = text
    for field in found.keys() & _SHAPES.keys():
        _SHAPES[field](plan, found)
    return found


def _full_name(_: Plan, found: Payload) -> None:
    family, given = split_name(found.pop("full_name"))
    found.setdefault("family_name", family)
    if given:
        found.setdefault("given_name", given)


def _external_id(plan: Plan, found: Payload) -> None:
    found["external_id"] = {"system": plan.options["external_system"], "id": found["external_id"]}


def _revenue(_: Plan, found: Payload) -> None:
    text = found.pop("annual_revenue")
    places = _EXPONENTS.get(str(found.get("currency", "")).upper(), 2)
    try:
        amount = Decimal(_GROUPED.sub("", text)).scaleb(places)
        found["annual_revenue_minor"] = int(amount) if amount == int(amount) else text
    except (InvalidOperation, ValueError, OverflowError):
        # As it is, the schema refuses it.
        found["annual_revenue_minor"] = text


def _currency(_: Plan, found: Payload) -> None:
    found["currency"] = found["currency"].upper()


def _number(field: str) -> Any:
    def shape(_: Plan, found: Payload) -> None:
        digits = _GROUPED.sub("", found[field])
        if digits.isascii() and digits.isdecimal():
            found[field] = int(digits)

    return shape


def _occurred_at(plan: Plan, found: Payload) -> None:
    text = found["occurred_at"]
    day = _DAY.match(text)
    try:
        moment = datetime(*map(int, day.groups())) if day else datetime.fromisoformat(text)  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return
    found["occurred_at"] = (moment if moment.tzinfo else moment.replace(tzinfo=plan.zone)).isoformat()


_SHAPES: dict[str, Any] = {
    "full_name": _full_name,
    "external_id": _external_id,
    "annual_revenue": _revenue,
    "currency": _currency,
    "occurred_at": _occurred_at,
} | {field: _number(field) for field in _NUMBERS}


# Many rows name the same company.
_name_key = lru_cache(maxsize=4096)(company_key)


def _key(plan: Plan, ring: KekRing, payload: Payload) -> str | None:
    """Return the text by which the row's record is found again, as the tables hold it."""
    value = payload.get(KEYS[plan.object][plan.match_by]) if plan.match_by else None
    if value is None:
        return None
    match plan.match_by:
        case "external_id":
            return str(value["id"])
        case "email":
            return email_key(value)
        case "name":
            return company_key(value)
    if plan.object == "account":
        return phone_match(value, payload.get("country"))
    return ring.blind_index(PHONE, phone_match(value, None) or value)


def _valid(schema: type[BaseModel], payload: Payload) -> BaseModel:
    try:
        return schema.model_validate(payload)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_context=False)]
        problem = from_validation(found)
        raise problem if isinstance(problem, Malformed) else Malformed from None
