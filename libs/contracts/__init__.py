"""The events of every service; importing any module here registers all of them."""

from libs.contracts import auth, customer, sales, subjects

__all__ = ["auth", "customer", "sales", "subjects"]
