"""Random worlds and random rules about them, the same for the same seed."""

import random
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from services.customer.accounts.model import Account
from services.customer.activities.model import Activity
from services.customer.consents.model import Consent
from services.customer.contacts.model import Contact
from tests.customer.acting import NOW
from tests.customer.oracle import Tree, World
from tests.factories.accounts import make_account
from tests.factories.activities import make_activity
from tests.factories.consents import make_consent
from tests.factories.contacts import PHONE, make_contact

WORDS = ("zh", "en", "ZH", "50%", "a_b", "软件", "Software")
KINDS = ("call", "meeting", "note")
PURPOSES, CHANNELS = ("marketing", "service"), ("email", "sms")
ORDER = ("gt", "gte", "lt", "lte")
CURRENCIES = ("USD", "CNY")
LIKELY = 0.4


class Chance:
    """A source of worlds and rules."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def maybe[T](self, value: T, likely: float = 0.7) -> T | None:
        return value if self.random.random() < likely else None

    def instant(self) -> datetime:
        """Around now; often by whole days, so that boundaries are met."""
        days = timedelta(days=self.random.randint(-40, 8))
        return NOW + days + (self.maybe(timedelta(seconds=self.random.randint(-9, 9)), 0.5) or timedelta())

    def world(self, persons: int = 40) -> World:
        world = World()
        pick, number = self.random.choice, self.random.randint
        world.accounts = [
            make_account(
                industry=self.maybe(pick(WORDS)),
                country=self.maybe(pick(WORDS)),
                level=self.maybe(pick(WORDS)),
                employees=self.maybe(number(0, 5)),
                annual_revenue_minor=number(0, 5),
                currency=pick(CURRENCIES),
                owner_id=self.maybe(UUID(int=number(1, 3))),
                at=self.instant(),
            )
            for _ in range(8)
        ]
        world.contacts = [self._contact(world) for _ in range(persons)]
        contact_ids = [each.id for each in world.contacts]
        world.activities = [
            make_activity(kind=pick(KINDS), contact_id=pick(contact_ids), done_at=self.maybe(self.instant()))
            for _ in range(3 * persons)
        ]
        world.consents = [
            consent for each in contact_ids for consent in (self.maybe(self._consent(each)),) if consent
        ]
        self._blur(world)
        return world

    def _contact(self, world: World) -> Contact:
        pick = self.random.choice
        return make_contact(
            language=self.maybe(pick(WORDS)),
            title=self.maybe(pick(WORDS)),
            email=self.maybe(f"{pick('abc')}@{pick(('Example.com', 'other.org'))}"),
            phone=self.maybe(PHONE),
            owner_id=self.maybe(UUID(int=self.random.randint(1, 3))),
            account_id=self.maybe(pick(world.accounts).id),
            at=self.instant(),
        )

    def _consent(self, contact_id: UUID) -> Consent:
        pick = self.random.choice
        at = NOW - timedelta(days=self.random.randint(1, 50))
        consent = make_consent(contact_id=contact_id, purpose=pick(PURPOSES), channel=pick(CHANNELS), at=at)
        if self.random.random() < LIKELY:
            consent.withdraw("by hand", None, at + timedelta(hours=1), NOW)
        return consent

    def _blur(self, world: World) -> None:
        """Merge, delete and erase some of everything."""
        for account, into in pairwise(world.accounts[:6]):
            if self.random.random() < LIKELY:
                account.merge(into, NOW)
        for contact, home in pairwise(world.contacts[:6]):
            if self.random.random() < LIKELY:
                contact.merge(home, NOW)
        ends: tuple[Account | Contact | Activity, ...] = (*world.accounts[7:], *world.contacts[7:10])
        for each in (*ends, *world.activities[:9]):
            if self.random.random() < LIKELY:
                each.delete(NOW)
        world.contacts[-1].erase(NOW)

    def rule(self, world: World, depth: int = 3) -> Tree:
        """A tree of any shape."""
        if depth == 0 or self.random.random() < 0.3:
            return self.random.choice(
                (self._contact_leaf, self._account_leaf, self._activity_leaf, self._consent_leaf)
            )(world)
        op = self.random.choice(("and", "or", "not"))
        if op == "not":
            return {"not": self.rule(world, depth - 1)}
        return {op: [self.rule(world, depth - 1) for _ in range(self.random.randint(1, 3))]}

    def _contact_leaf(self, world: World) -> Tree:
        pick = self.random.choice
        at = str(pick(world.accounts).id)
        return pick(
            (
                self._text("contact.language"),
                self._text("contact.title"),
                _leaf("contact.email", "is_set", pick((True, False))),
                _leaf("contact.phone", "is_set", pick((True, False))),
                _leaf("contact.email_domain", pick(("eq", "ne")), "example.COM"),
                _leaf("contact.email_domain", pick(("in", "not_in")), ["other.org", "x.org"]),
                _leaf("contact.account_id", pick(("eq", "ne")), at),
                _leaf("contact.account_id", pick(("in", "not_in")), [at]),
                _leaf("contact.owner_id", pick(("eq", "ne")), str(UUID(int=2))),
                self._instant("contact.created_at"),
            )
        )

    def _account_leaf(self, _: World) -> Tree:
        pick, number = self.random.choice, self.random.randint
        money = _leaf("account.annual_revenue_minor", pick(("eq", *ORDER)), number(0, 5))
        return pick(
            (
                self._text("account.industry"),
                self._text("account.country"),
                self._text("account.level"),
                _leaf("account.employees", pick(("eq", "ne", *ORDER)), number(0, 5)),
                money | {"currency": pick(CURRENCIES)},
                _leaf("account.owner_id", "is_set", pick((True, False))),
                self._instant("account.created_at"),
            )
        )

    def _activity_leaf(self, _: World) -> Tree:
        pick, number = self.random.choice, self.random.randint
        leaf = pick(
            (
                _leaf("activity.last_done_at", pick(("within_days", "not_within_days")), number(1, 40)),
                _leaf("activity.last_done_at", "is_set", pick((True, False))),
                _leaf("activity.count", pick(("eq", "ne", *ORDER)), number(0, 4)),
                _leaf("activity.count", pick(("eq", *ORDER)), number(0, 3)) | {"days": number(1, 40)},
                _leaf("activity.planned", "is_set", pick((True, False))),
            )
        )
        return leaf | ({"kind": pick(KINDS)} if pick((True, False)) else {})

    def _consent_leaf(self, _: World) -> Tree:
        pick = self.random.choice
        leaf = _leaf("consent.status", pick(("eq", "ne")), pick(("given", "withdrawn", "none")))
        return leaf | {"purpose": pick(PURPOSES), "channel": pick(CHANNELS)}

    def _text(self, field: str) -> Tree:
        pick = self.random.choice
        return pick(
            (
                _leaf(field, pick(("eq", "ne")), pick(WORDS)),
                _leaf(field, pick(("contains", "prefix")), pick(("z", "E", "0%", "_", "件", "oft"))),
                _leaf(field, pick(("in", "not_in")), [pick(WORDS), pick(WORDS)]),
                _leaf(field, "is_set", pick((True, False))),
            )
        )

    def _instant(self, field: str) -> Tree:
        pick, days = self.random.choice, self.random.randint(1, 40)
        return pick(
            (
                _leaf(field, pick(("within_days", "not_within_days")), days),
                _leaf(field, pick(ORDER), self.instant().isoformat()),
            )
        )


def _leaf(field: str, op: str, value: Any) -> Tree:
    return {"field": field, "op": op, "value": value}
