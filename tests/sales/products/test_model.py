"""What a product allows, and what it tells."""

from datetime import timedelta

import pytest

from libs.common.problems import Conflict
from libs.contracts.sales import ProductAdded, ProductChanged, ProductDeleted, ProductRestored
from tests.factories.records import told
from tests.factories.sales import NOW, make_product

LATER = NOW + timedelta(hours=1)


class TestAdd:
    def test_records_product_added_with_its_state(self) -> None:
        product = make_product(name="GTX Basic", price_minor=55_000)

        assert told(product) == [ProductAdded(product_id=product.id, occurred_at=NOW, state=product.state())]
        assert (product.state().name, product.state().price_minor) == ("GTX Basic", 55_000)


class TestChange:
    def test_records_the_new_price(self) -> None:
        product = make_product()

        product.change({"price_minor": 1}, LATER)

        changed = told(product)[-1]
        assert isinstance(changed, ProductChanged)
        assert (changed.state.price_minor, changed.occurred_at, product.updated_at) == (1, LATER, LATER)

    def test_says_nothing_when_nothing_changes(self) -> None:
        product = make_product(name="GTX Pro")

        product.change({"name": "GTX Pro"}, LATER)

        assert (len(told(product)), product.updated_at) == (1, NOW)

    def test_rejects_a_deleted_product(self) -> None:
        product = make_product()
        product.delete(NOW)

        with pytest.raises(Conflict, match="deleted"):
            product.change({"name": "Other"}, LATER)

        assert (product.name, len(told(product))) == ("GTX Pro", 2)


class TestDelete:
    def test_records_product_deleted(self) -> None:
        product = make_product()

        product.delete(LATER)

        assert isinstance(told(product)[-1], ProductDeleted)
        assert product.state().deleted_at == LATER

    def test_rejects_a_second_time(self) -> None:
        product = make_product()
        product.delete(NOW)

        with pytest.raises(Conflict, match="deleted"):
            product.delete(LATER)

        assert product.deleted_at == NOW


class TestRestore:
    def test_records_product_restored(self) -> None:
        product = make_product()
        product.delete(NOW)

        product.restore(LATER)

        assert isinstance(told(product)[-1], ProductRestored)
        assert product.state().deleted_at is None

    def test_rejects_a_product_that_is_not_deleted(self) -> None:
        product = make_product()

        with pytest.raises(Conflict, match="not-deleted"):
            product.restore(LATER)

        assert len(told(product)) == 1
