"""A product: what we sell, at a list price."""

from datetime import datetime
from typing import Any, Self

from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.contracts.sales import ProductAdded, ProductChanged, ProductDeleted, ProductState

DETAILS = ("name", "code", "series", "price_minor", "currency", "is_active")


class Product(Aggregate, External, Base):
    """Prices are integers in the currency's minor unit."""

    __tablename__ = "product"

    name: Mapped[str]
    code: Mapped[str | None]
    series: Mapped[str | None]
    price_minor: Mapped[int]
    currency: Mapped[str]
    is_active: Mapped[bool]

    @classmethod
    def add(cls, details: dict[str, Any], now: datetime) -> Self:
        """Add a product to the catalogue."""
        made = cls(id=new_id(), created_at=now, updated_at=now, **details)
        made.record(ProductAdded(product_id=made.id, occurred_at=now, state=made.state()))
        return made

    def change(self, details: dict[str, Any], now: datetime) -> None:
        """Change its facts; opportunities keep the amounts they have."""
        for name, value in details.items():
            setattr(self, name, value)
        self.updated_at = now
        self.record(ProductChanged(product_id=self.id, occurred_at=now, state=self.state()))

    def delete(self, now: datetime) -> None:
        """Put it into the recycle bin."""
        self.deleted_at = self.updated_at = now
        self.record(ProductDeleted(product_id=self.id, occurred_at=now, state=self.state()))

    def state(self) -> ProductState:
        """Return the public read shape."""
        shown = {name: getattr(self, name) for name in DETAILS}
        return ProductState(id=self.id, deleted_at=self.deleted_at, **shown)
