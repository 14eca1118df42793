"""A product: what we sell, at a list price."""

from datetime import datetime
from typing import Any, Self

from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.sales import (
    ProductAdded,
    ProductChanged,
    ProductDeleted,
    ProductFact,
    ProductRestored,
    ProductState,
)


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
        made._tell(ProductAdded, now)
        return made

    def change(self, details: dict[str, Any], now: datetime) -> None:
        """Change its facts; opportunities keep the amounts they have. What stays the same tells nothing."""
        self._ask_present()
        changed = {name: value for name, value in details.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            self.updated_at = now
            self._tell(ProductChanged, now)

    def delete(self, now: datetime) -> None:
        """Put it into the recycle bin."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(ProductDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take it out of the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted", id=self.id)
        self.deleted_at, self.updated_at = None, now
        self._tell(ProductRestored, now)

    def state(self) -> ProductState:
        """Return the public read shape."""
        return ProductState.model_validate(self, from_attributes=True)

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _tell(self, fact: type[ProductFact], now: datetime) -> None:
        self.record(fact(product_id=self.id, occurred_at=now, state=self.state()))
