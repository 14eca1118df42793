"""The mapping file, read and checked."""

import tomllib
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

MAPPING = Path(__file__).with_name("mapping.toml")


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Files(Table):
    accounts: str
    products: str
    teams: str
    opportunities: str


class Departments(Table):
    root: str
    root_id: str


class Accounts(Table):
    revenue_unit: int


class Users(Table):
    email_domain: str
    locale: str
    time_zone: str


class Stage(Table):
    name: str
    kind: Literal["open", "won", "lost"]
    probability: float


class Pipeline(Table):
    name: str
    id: str
    lost_reason: str
    undated: str
    engaged: str
    stages: tuple[Stage, ...]


class Role(Table):
    name: str
    permissions: dict[str, str]


class Mapping(Table):
    system: str
    currency: str
    exponent: int
    date_format: str
    time_of_day: str
    files: Files
    fixes: dict[str, dict[str, dict[str, str]]]
    departments: Departments
    accounts: Accounts
    users: Users
    pipeline: Pipeline
    roles: dict[Literal["agent", "manager"], Role]

    def fixed(self, file: str, column: str, value: str) -> str:
        """The value that was meant."""
        value = value.strip()
        return self.fixes.get(file, {}).get(column, {}).get(value, value)

    def day(self, text: str) -> date:
        """A date of the files; ValueError when it is none."""
        return datetime.strptime(text, self.date_format).date()  # noqa: DTZ007  # A date has no zone.

    def instant(self, day: date) -> str:
        """When something happened that is only known by its day, as RFC 3339."""
        return datetime.combine(day, time.fromisoformat(self.time_of_day)).isoformat()

    def minor(self, text: str, unit: int = 1) -> int:
        """An amount in the currency's smallest unit; ValueError when it is none or negative."""
        try:
            amount = Decimal(text) * unit * 10**self.exponent
        except InvalidOperation as error:
            raise ValueError(f"{text!r} is not a number.") from error
        if not amount.is_finite() or amount < 0 or amount != int(amount):
            raise ValueError(f"{text!r} is not an amount.")
        return int(amount)


def load_mapping(path: Path = MAPPING) -> Mapping:
    return Mapping.model_validate(tomllib.loads(path.read_text("utf-8")))
