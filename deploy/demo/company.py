"""The demo company's fixed parts: its people, departments, roles, products and pipeline.

Everything else is drawn by chance from a seed; history is told relative to ANCHOR, never to today.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from deploy.demo.wire import Json

SYSTEM = "demo"
SEED = 20261101
# The demo company's "today": fixed, so that every run tells the same story.
ANCHOR = datetime.fromisoformat("2026-11-01T09:00:00+00:00")
MONTHS = 18
DOMAIN = "demo.example.com"
# Everyone of the generated company signs in with it; it opens generated data alone.
PASSWORD = "Plexus-Demo-2026"  # noqa: S105  # Printed at the end of every run.


class Department(NamedTuple):
    key: str
    name: str
    parent: str | None


class Member(NamedTuple):
    """A user; `manager` is the key of the one above."""

    key: str
    name: str
    department: str
    role: str
    manager: str | None
    locale: str
    time_zone: str


class Stage(NamedTuple):
    """A stage; `days` is how long an opportunity stays, `lost` the share that ends there."""

    name: str
    kind: str
    probability: float
    days: tuple[int, int] = (0, 0)
    lost: float = 0.0


DEPARTMENTS = (
    Department("company", "Lantern Instruments 明灯仪器", None),
    Department("sales", "Sales 销售部", "company"),
    Department("partners", "Partners 渠道部", "company"),
    Department("care", "Customer care 客户服务部", "company"),
    Department("china", "China 中国区", "sales"),
    Department("americas", "Americas 美洲区", "sales"),
    Department("europe", "Europe 欧洲区", "sales"),
)

MEMBERS = (
    Member("maria", "Maria Keller", "company", "director", None, "en", "Europe/Berlin"),
    Member("wang", "王建国", "sales", "manager", "maria", "zh", "Asia/Shanghai"),
    Member("grace", "Grace Okafor", "partners", "manager", "maria", "en", "Europe/London"),
    Member("li", "李静", "china", "manager", "wang", "zh", "Asia/Shanghai"),
    Member("zhang", "张伟", "china", "seller", "li", "zh", "Asia/Shanghai"),
    Member("chen", "陈晓梅", "china", "seller", "li", "zh", "Asia/Shanghai"),
    Member("liu", "刘洋", "china", "seller", "li", "zh", "Asia/Shanghai"),
    Member("daniel", "Daniel Reyes", "americas", "manager", "wang", "en", "America/New_York"),
    Member("hannah", "Hannah Brooks", "americas", "seller", "daniel", "en", "America/Chicago"),
    Member("marcus", "Marcus Webb", "americas", "seller", "daniel", "en", "America/New_York"),
    Member("sofia", "Sofia Lindqvist", "europe", "seller", "wang", "en", "Europe/Stockholm"),
    Member("tomas", "Tomáš Dvořák", "europe", "seller", "wang", "en", "Europe/Prague"),
    Member("nina", "Nina Weber", "care", "lead", "maria", "en", "Europe/Berlin"),
    Member("tom", "Tom Becker", "care", "agent", "nina", "en", "Europe/Berlin"),
    Member("aisha", "Aisha Rahman", "care", "agent", "nina", "en", "Europe/London"),
    Member("sun", "孙丽", "care", "agent", "nina", "zh", "Asia/Shanghai"),
    Member("he", "何平", "care", "agent", "nina", "zh", "Asia/Shanghai"),
)
LOGIN = "maria"
# Who else is worth signing in as.
OTHERS = {
    "hannah": "a salesperson, who sees what is hers",
    "zhang": "a salesperson with the pages in Chinese 销售，中文界面",
    "li": "the manager of the Chinese team 中国区经理",
    "nina": "the head of customer care",
    "sun": "an agent with the pages in Chinese 客服，中文界面",
}
# Who sells where: accounts of a language go to these.
SELLERS = {"zh": ("zhang", "chen", "liu", "li"), "en": ("hannah", "marcus", "sofia", "tomas", "grace")}

PIPELINE = "Instruments"
STAGES = (
    Stage("Qualification", "open", 0.1, (7, 40), 0.18),
    Stage("Needs analysis", "open", 0.25, (10, 50), 0.16),
    Stage("Proposal", "open", 0.5, (10, 60), 0.18),
    Stage("Negotiation", "open", 0.7, (7, 45), 0.14),
    Stage("Commitment", "open", 0.9, (3, 25), 0.05),
    Stage("Won", "won", 1.0),
    Stage("Lost", "lost", 0.0),
)
LOST_REASONS = ("Price", "No decision", "Competitor", "Timing", "No budget", "预算取消", "选择了竞争对手")

# Series, name, list price in USD cents; the last one is created last and so marks a finished run.
PRODUCTS = (
    ("Optics", "Spectrometer S1", 1_850_000),
    ("Optics", "Spectrometer S3 Pro", 4_200_000),
    ("Optics", "Laser alignment kit", 690_000),
    ("Flow", "Flow meter F20", 245_000),
    ("Flow", "Flow meter F80", 880_000),
    ("Flow", "Gas analyser G5", 2_350_000),
    ("Control", "Controller C100", 410_000),
    ("Control", "Controller C400", 1_120_000),
    ("Service", "Calibration contract", 180_000),
    ("Service", "Installation", 95_000),
)
MARKER = ("Service", "On-site training", 120_000)

SALES = ("account", "contact", "activity", "lead", "opportunity")
MARKETING = ("segment", "template", "campaign")
WRITE = ("create", "update", "delete")
EVERYWHERE = ("product:read", "pipeline:read", "event:read", "user:read", "department:read")
CONSENT = ("consent:read", "consent:create", "consent:withdraw")
SUPPRESSION = ("suppression:read", "suppression:create", "suppression:delete")
# Whom a ticket is about, as far as an agent must know.
CUSTOMER = ("account:read", "contact:read", "contact:update", "activity:read", "activity:create")
SETUP = ("queue:read", "calendar:read", "sla-policy:read")


def of(scope: str, kinds: Iterable[str], *more: str) -> dict[str, str]:
    """Everything one does with records of these kinds, in a scope."""
    return dict.fromkeys(
        [f"{kind}:{action}" for kind in kinds for action in ("read", *WRITE)] + [*more], scope
    )


def at_all(*permissions: str) -> dict[str, str]:
    return dict.fromkeys((*EVERYWHERE, *permissions), "all")


ROLES: dict[str, tuple[str, dict[str, str]]] = {
    "director": (
        "Director 总监",
        of("all", (*SALES, *MARKETING, "ticket"), "campaign:launch", "ticket:assign")
        | at_all(*CONSENT, *SUPPRESSION, *SETUP),
    ),
    "manager": ("Manager 经理", of("tree", (*SALES, "ticket")) | at_all()),
    "seller": ("Seller 销售", of("own", SALES, "ticket:read", "consent:read", "consent:create") | at_all()),
    "lead": (
        "Care lead 客服主管",
        of("tree", ("ticket",), "ticket:assign")
        | at_all(*CUSTOMER, *SETUP, "queue:update", "sla-policy:update", "calendar:update"),
    ),
    "agent": ("Agent 客服", of("own", ("ticket",)) | at_all(*CUSTOMER, *SETUP)),
}


def external(kind: str, key: str | int) -> Json:
    return {"system": SYSTEM, "id": f"{kind}/{key}"}


def email_of(key: str) -> str:
    return f"{key}@{DOMAIN}"
