"""A lockout: wrong sign-ins counted per account and per address, each one dearer than the one before."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import NamedTuple

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.crypto import KekRing
from libs.common.db import Base
from libs.common.problem_texts import register
from libs.common.problems import Problem

FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
# Behind this many doublings every lockout has its longest time.
_DOUBLINGS = 8
_SITE_BITS = 64
register({"locked-out": ("Too many wrong attempts: try again later", "错误次数过多,请稍后再试")})


class Rule(NamedTuple):
    """How many failures are free, and how long behind the last one all of them are forgotten."""

    free: int
    forgotten: timedelta


# A whole office may stand behind one address. Of asked mails each counts, for nobody knows a wrong one.
RULES = {
    "account": Rule(5, timedelta(hours=24)),
    "address": Rule(100, timedelta(hours=1)),
    "reset-account": Rule(5, timedelta(hours=1)),
    "reset-address": Rule(50, timedelta(hours=1)),
}


class Lockout(Base):
    """The failures of one account or address, known by a keyed hash: there is a row for unknown ones too."""

    __tablename__ = "lockout"

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]

    def note(self, now: datetime) -> bool:
        """Count one failure more; tell whether it locks: 30 s at first, then twice as long each time."""
        rule = RULES[self.kind]
        if self.failed_at + rule.forgotten <= now:
            self.failures = 0
        self.failures, self.failed_at = self.failures + 1, now
        over = self.failures - rule.free
        if over < 0:
            return False
        self.locked_until = now + min(LONGEST, FIRST * 2 ** min(over, _DOUBLINGS))
        return True


def refusal(until: datetime, now: datetime) -> Problem:
    """Return what whoever has to wait is told, whether the account exists or not."""
    seconds = ceil((until - now).total_seconds())
    return Problem("locked-out", status=429, headers={"Retry-After": str(seconds)}, retry_after=seconds)


def account_key(ring: KekRing, email_key: str) -> str:
    """Return what an account's failures are counted under, whether there is such an account or not."""
    return ring.blind_index("lockout.account", email_key)


def address_key(ring: KekRing, address: str) -> str:
    """Return what an address's failures are counted under: of IPv6 the site, which one machine has whole."""
    try:
        given = ip_address(address)
    except ValueError:
        return ring.blind_index("lockout.address", address)
    number = int(given) >> _SITE_BITS if isinstance(given, IPv6Address) else int(given)
    return ring.blind_index("lockout.address", f"{given.version}:{number}")
