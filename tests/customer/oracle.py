"""What a rule means, in plain Python over plain records: the specification that the SQL is proved against."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from services.customer.accounts.model import Account
from services.customer.activities.model import Activity
from services.customer.consents.model import Consent
from services.customer.contacts.model import Contact

type Tree = dict[str, Any]


@dataclass
class World:
    """Everything that a rule may look at."""

    contacts: list[Contact] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)

    def members(self, tree: Tree, now: datetime) -> set[Any]:
        """Return the ids of the contacts whom a rule describes."""
        present = (c for c in self.contacts if not (c.deleted_at or c.merged_into_id or c.erased_at))
        return {contact.id for contact in present if self.holds(tree, contact, now)}

    def holds(self, tree: Tree, contact: Contact, now: datetime) -> bool:
        if "and" in tree:
            return all(self.holds(each, contact, now) for each in tree["and"])
        if "or" in tree:
            return any(self.holds(each, contact, now) for each in tree["or"])
        if "not" in tree:
            return not self.holds(tree["not"], contact, now)
        return self.leaf(tree, contact, now)

    def leaf(self, leaf: Tree, contact: Contact, now: datetime) -> bool:
        kind, name = leaf["field"].split(".")
        if kind == "account":
            return self._account(name, leaf, contact, now)
        if kind == "activity":
            return self._activity(name, leaf, contact, now)
        if kind == "consent":
            said = self._said(leaf, contact)
            return bool((said == leaf["value"]) == (leaf["op"] == "eq"))
        if name == "account_id" and leaf["op"] != "is_set":
            return self._at(leaf, contact)
        if name == "email_domain":
            domain = contact.email_key.partition("@")[2] if contact.email_key else None
            wanted = leaf["value"] if isinstance(leaf["value"], list) else [leaf["value"]]
            return (domain in [each.lower() for each in wanted]) == (leaf["op"] in {"eq", "in"})
        column = {"phone": "phone_mask"}.get(name, name)
        return compare(leaf["op"], getattr(contact, column), leaf["value"], now)

    def _account(self, name: str, leaf: Tree, contact: Contact, now: datetime) -> bool:
        account = self._home_account(contact)
        value = getattr(account, name) if account else None
        if name == "annual_revenue_minor" and (account is None or account.currency != leaf["currency"]):
            return False
        return compare(leaf["op"], value, leaf["value"], now)

    def _activity(self, name: str, leaf: Tree, contact: Contact, now: datetime) -> bool:
        mine = [each for each in self._activities_of[contact.id] if each.kind == leaf.get("kind", each.kind)]
        if name == "planned":
            return any(each.done_at is None for each in mine) is leaf["value"]
        done = [each.done_at for each in mine if each.done_at and each.done_at <= now]
        if name == "last_done_at":
            return compare(leaf["op"], max(done, default=None), leaf["value"], now)
        if "days" in leaf:
            done = [each for each in done if each > now - timedelta(days=leaf["days"])]
        return compare(leaf["op"], len(done), leaf["value"], now)

    def _said(self, leaf: Tree, contact: Contact) -> str:
        place = (leaf["purpose"], leaf["channel"])
        mine = [each for each in self._consents_of[contact.id] if (each.purpose, each.channel) == place]
        newest = max(mine, key=_last_word, default=None)
        return newest.status if newest else "none"

    def _at(self, leaf: Tree, contact: Contact) -> bool:
        wanted = leaf["value"] if isinstance(leaf["value"], list) else [leaf["value"]]
        homes = {str(self._account_end(each)) for each in wanted}
        end = self._account_end(str(contact.account_id)) if contact.account_id else None
        return (str(end) in homes and end is not None) == (leaf["op"] in {"eq", "in"})

    def _account_end(self, identity: str) -> str:
        while into := self._merged_accounts.get(identity):
            identity = into
        return identity

    def _home_account(self, contact: Contact) -> Account | None:
        end = self._account_end(str(contact.account_id))
        account = self._accounts.get(end)
        return account if account and not account.deleted_at else None

    @cached_property
    def _accounts(self) -> dict[str, Account]:
        return {str(each.id): each for each in self.accounts}

    @cached_property
    def _merged_accounts(self) -> dict[str, str]:
        return {str(a.id): str(a.merged_into_id) for a in self.accounts if a.merged_into_id}

    @cached_property
    def _kin_of(self) -> dict[UUID, set[UUID]]:
        """Everybody who was merged into each contact, at any remove, and himself."""
        known: dict[UUID, set[UUID]] = {}
        for contact in self.contacts:
            kin = {contact.id}
            while more := {c.id for c in self.contacts if c.merged_into_id in kin} - kin:
                kin |= more
            known[contact.id] = kin
        return known

    @cached_property
    def _activities_of(self) -> dict[UUID, list[Activity]]:
        kept = [each for each in self.activities if not each.deleted_at]
        return {id: [each for each in kept if each.contact_id in kin] for id, kin in self._kin_of.items()}

    @cached_property
    def _consents_of(self) -> dict[UUID, list[Consent]]:
        said = self.consents
        return {id: [each for each in said if each.contact_id in kin] for id, kin in self._kin_of.items()}


def compare(op: str, value: Any, wanted: Any, now: datetime) -> bool:
    """Compare as people do: what is not known is not equal to anything, not within, not more, not less."""
    if op == "is_set":
        return (value is not None) is wanted
    if op == "ne":
        return bool(value != _like(value, wanted))
    if op == "not_in":
        return value not in [_like(value, each) for each in wanted]
    if op == "not_within_days":
        return not compare("within_days", value, wanted, now)
    return value is not None and _known(op, value, wanted, now)


def _known(op: str, value: Any, wanted: Any, now: datetime) -> bool:
    if op == "within_days":
        return bool(now - timedelta(days=wanted) < value <= now)
    if op == "in":
        return value in [_like(value, each) for each in wanted]
    if op in {"contains", "prefix"}:
        folded, text = value.lower(), wanted.lower()
        return bool(text in folded if op == "contains" else folded.startswith(text))
    other = _like(value, wanted)
    answers = {"eq": value == other, "gt": value > other, "gte": value >= other}
    return bool((answers | {"lt": value < other, "lte": value <= other})[op])


def _like(value: Any, wanted: Any) -> Any:
    """Read JSON's text of an instant or an id as what it is compared with."""
    if isinstance(value, datetime) and isinstance(wanted, str):
        return datetime.fromisoformat(wanted)
    return type(value)(wanted) if isinstance(wanted, str) and value is not None else wanted


def _last_word(consent: Consent) -> datetime:
    instants: Iterable[datetime | None] = (consent.given_at, consent.withdrawn_at)
    return max(each for each in instants if each is not None)
