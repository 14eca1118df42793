"""The events of every service; importing any module here registers all of them."""

from libs.contracts import auth, customer, integration, mail, marketing, sales, subjects, ticketing

__all__ = ["auth", "customer", "integration", "mail", "marketing", "sales", "subjects", "ticketing"]
