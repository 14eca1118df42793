"""Products, pipelines, opportunities and leads, valid by default."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from libs.contracts.sales import StageState
from libs.platform.phones import Phone
from services.sales.leads.model import Lead
from services.sales.opportunities.model import Opportunity
from services.sales.pipelines.model import Pipeline
from services.sales.products.model import Product

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PHONE = Phone("enc.v1.key.sealed", "index", "last4", "+86138****8000")
KINDS = {"won": "won", "lost": "lost"}


def make_product(*, name: str = "GTX Pro", price_minor: int = 482_100, **details: Any) -> Product:
    details = {"code": None, "series": "GTX", "currency": "USD", "is_active": True, **details}
    return Product.add({"name": name, "price_minor": price_minor, **details}, NOW)


def stages_in(*names: str) -> list[dict[str, Any]]:
    """Stages as a caller sends them; `won` and `lost` are of their own kind."""
    return [{"name": name, "kind": KINDS.get(name, "open"), "probability": "0.5"} for name in names]


def make_pipeline(
    *stages: str, name: str = "Direct sales", given: Iterable[dict[str, Any]] | None = None
) -> Pipeline:
    names = stages or ("prospecting", "engaging", "won", "lost")
    return Pipeline.open(name, list(given or stages_in(*names)), NOW)


def stage(pipeline: Pipeline, name: str) -> StageState:
    return next(each for each in pipeline.state().stages if each.name == name)


def make_opportunity(
    pipeline: Pipeline, *, at: str = "prospecting", owner_id: UUID | None = None, **details: Any
) -> Opportunity:
    """An opportunity that stands `at` a stage, won or lost ones too."""
    links = dict.fromkeys(("account_id", "contact_id", "product_id", "expected_close_date"))
    money = {"amount_minor": 100_000, "currency": "USD"}
    facts = {"name": "Acme: GTX Pro", "owner_id": owner_id or new_id(), **links, **money, **details}
    target = stage(pipeline, at)
    first = target if target.kind == "open" else pipeline.first()
    made = Opportunity.open(facts, pipeline_id=pipeline.id, stage=first, occurred_at=NOW, now=NOW)
    if target.kind != "open":
        made.enter(target, NOW, NOW, reason="Price" if target.kind == "lost" else None)
    return made


def make_lead(
    *,
    id: UUID | None = None,
    family_name: str = "Li",
    given_name: str | None = "Wei",
    company_name: str | None = "Acme Ltd",
    email: str | None = "Li.Wei@example.com",
    phone: Phone | None = None,
    **details: Any,
) -> Lead:
    details = {"subject_id": new_id(), "owner_id": new_id(), **details}
    details |= {"family_name": family_name, "given_name": given_name}
    details |= {"company_name": company_name, "email": email}
    return Lead.capture(id or new_id(), details, phone, NOW, NOW)
