"""Rows as the bodies of requests: what each record of the sales history is called in the API."""

import re
import unicodedata
from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Literal

from deploy.demo.wire import Json
from tests.load.sales_history.mapping import Mapping
from tests.load.sales_history.rows import Account, History, Opportunity, Product

Ids = Map[str, str]


@dataclass(frozen=True)
class Payloads:
    """Builds the bodies; every name that is referred to comes with its id."""

    mapping: Mapping

    def external(self, kind: str, name: str) -> Json:
        return {"system": self.mapping.system, "id": f"{kind}/{name}"}

    def department(self, key: str, name: str, parent: str | None) -> Json:
        body: Json = {"name": name, "external_id": self.external("department", key)}
        return body | ({"parent_id": parent} if parent else {})

    def role(self, key: Literal["agent", "manager"]) -> Json:
        role = self.mapping.roles[key]
        external = self.external("role", key)
        return {"name": role.name, "permissions": role.permissions, "external_id": external}

    def email(self, name: str) -> str:
        return f"{slug(name, '.')}@{self.mapping.users.email_domain}"

    def user(self, name: str, password: str, department: str, role: str, manager: str | None) -> Json:
        users = self.mapping.users
        body: Json = {
            "email": self.email(name),
            "name": name,
            "password": password,
            "department_id": department,
            "role_ids": [role],
            "locale": users.locale,
            "time_zone": users.time_zone,
            "external_id": self.external("user", name),
        }
        return body | ({"manager_id": manager} if manager else {})

    def account(self, account: Account, ids: Ids) -> Json:
        body: Json = {
            "name": account.name,
            "industry": account.sector,
            "country": account.country,
            "annual_revenue_minor": account.revenue_minor,
            "currency": self.mapping.currency,
            "employees": account.employees,
            "founded_year": account.founded,
            "external_id": self.external("account", account.name),
        }
        return body | ({"parent_id": ids[account.parent]} if account.parent else {})

    def product(self, product: Product) -> Json:
        return {
            "name": product.name,
            "code": slug(product.name, "-").upper(),
            "price_minor": product.price_minor,
            "currency": self.mapping.currency,
            "series": product.series,
            "external_id": self.external("product", product.name),
        }

    def pipeline(self) -> Json:
        pipeline = self.mapping.pipeline
        stages = [stage.model_dump() for stage in pipeline.stages]
        external = self.external("pipeline", pipeline.id)
        return {"name": pipeline.name, "stages": stages, "external_id": external}

    def opportunity(self, one: Opportunity, history: History, ids: "Known") -> Json:
        body: Json = {
            "name": f"{one.product} for {one.account}" if one.account else one.product,
            "pipeline_id": ids.pipeline,
            "product_id": ids.products[one.product],
            "amount_minor": one.amount_minor,
            "currency": self.mapping.currency,
            "owner_id": ids.users[one.agent],
            "history": self._history(one, history, ids),
            "external_id": self.external("opportunity", one.id),
        }
        if one.account:
            body["account_id"] = ids.accounts[one.account]
        if one.closed:
            body["expected_close_date"] = one.closed.isoformat()
        return body

    def _history(self, one: Opportunity, history: History, ids: "Known") -> list[Json]:
        """The stages it went through, each with its day; no day is invented but the undated ones'."""
        pipeline, kinds = self.mapping.pipeline, {s.name: s.kind for s in self.mapping.pipeline.stages}
        first = pipeline.engaged if one.closed else one.stage
        began = self.mapping.instant(one.engaged or history.earliest)
        entries: list[Json] = [{"stage_id": ids.stages[first], "occurred_at": began}]
        if one.closed:
            closed: Json = {
                "stage_id": ids.stages[one.stage],
                "occurred_at": self.mapping.instant(one.closed),
            }
            if kinds[one.stage] == "won":
                closed["amount_minor"] = one.amount_minor
            else:
                closed["lost_reason"] = pipeline.lost_reason
            entries.append(closed)
        return entries


@dataclass
class Known:
    """The ids of everything that an opportunity or a figure refers to, by name."""

    departments: dict[str, str]
    users: dict[str, str]
    accounts: dict[str, str]
    products: dict[str, str]
    pipeline: str
    stages: dict[str, str]
    opportunities: dict[str, str]


def slug(name: str, separator: str) -> str:
    """Corliss Cosme → corliss.cosme, in plain ASCII."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", separator, plain).strip(separator)
