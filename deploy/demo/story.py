"""What happened at the demo company in eighteen months, drawn from a seed; no request is made here."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deploy.demo.care import TICKETS, Ticket, ticket
from deploy.demo.company import ANCHOR, LOST_REASONS, MONTHS, PRODUCTS, SEED, SELLERS, STAGES
from deploy.demo.people import COUNTRIES, INDUSTRIES, LEVELS, SIZES, SOURCES, TITLES, Names
from deploy.demo.wire import Json

ACCOUNTS = 220
CONTACTS_PER_ACCOUNT = 3
LEADS = 420
CONVERTED = 140
OPPORTUNITIES = 1_500
ACTIVITIES = 3_100

BEGIN = ANCHOR - timedelta(days=MONTHS * 365 // 12)
FIRST_OPEN, WON, LOST = 0, len(STAGES) - 2, len(STAGES) - 1
CURRENCY = {"zh": "CNY", "en": "USD"}
# Cents of a dollar to fen.
RATE = {"zh": 7, "en": 1}


@dataclass(frozen=True)
class Step:
    """An entry into a stage, by the stage's place in the pipeline."""

    stage: int
    at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class Opportunity:
    key: int
    account: int
    owner: str
    product: int
    name: str
    amount_minor: int
    currency: str
    close: datetime
    steps: tuple[Step, ...]


@dataclass
class Story:
    """Bodies without the ids that the services give, beside the keys of what they refer to."""

    accounts: list[Json] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    contacts: list[Json] = field(default_factory=list)
    leads: list[Json] = field(default_factory=list)
    lead_owners: list[str] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)
    activities: list[Json] = field(default_factory=list)
    activity_subjects: list[tuple[int, int]] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)


def tell(seed: int = SEED) -> Story:
    """The whole story; the same for the same seed."""
    names, story = Names(seed), Story()
    for key in range(ACCOUNTS):
        _account(names, story, key)
    for key in range(ACCOUNTS * CONTACTS_PER_ACCOUNT):
        story.contacts.append(_contact(names, story.languages[key // CONTACTS_PER_ACCOUNT], key))
    for key in range(LEADS):
        _lead(names, story, key)
    story.opportunities = [_opportunity(names, story, key) for key in range(OPPORTUNITIES)]
    for key in range(ACTIVITIES):
        _activity(names, story, key)
    for key in range(TICKETS):
        account, contact = _whose(names, story)
        story.tickets.append(ticket(names, key, story.languages[account], account, contact))
    return story


def _whose(names: Names, story: Story) -> tuple[int, int]:
    """An account, and one of its contacts."""
    account = names.chance.randrange(len(story.accounts))
    return account, account * CONTACTS_PER_ACCOUNT + names.chance.randrange(CONTACTS_PER_ACCOUNT)


def _account(names: Names, story: Story, key: int) -> None:
    language = "zh" if key % 2 else "en"
    revenue = names.chance.randrange(2, 900) * 100_000_000
    story.languages.append(language)
    story.owners.append(names.pick(SELLERS[language]))
    story.accounts.append(
        {
            "name": names.company(language),
            "industry": names.pick(INDUSTRIES[language]),
            "size": names.pick(SIZES),
            "website": f"https://account-{key}.example.com",
            "phone": names.phone(language),
            "country": "China" if language == "zh" else names.pick(COUNTRIES),
            "level": names.pick(LEVELS),
            "source": names.pick(SOURCES),
            "annual_revenue_minor": revenue,
            "currency": CURRENCY[language],
            "employees": names.chance.randrange(10, 9_000),
            "founded_year": names.chance.randrange(1950, 2024),
            "occurred_at": _instant(names, BEGIN, BEGIN + timedelta(days=200)),
        }
    )


def _contact(names: Names, language: str, key: int) -> Json:
    family, given = names.person(language)
    return {
        "family_name": family,
        "given_name": given,
        "email": f"contact-{key}@account-{key // CONTACTS_PER_ACCOUNT}.example.com",
        "phone": names.phone(language),
        "title": names.pick(TITLES[language]),
        "language": language,
    }


def _lead(names: Names, story: Story, key: int) -> None:
    language = "zh" if key % 3 == 0 else "en"
    family, given = names.person(language)
    story.lead_owners.append(names.pick(SELLERS[language]))
    story.leads.append(
        {
            "family_name": family,
            "given_name": given,
            "company_name": names.company(language),
            "email": f"lead-{key}@lead-{key}.example.com",
            "phone": names.phone(language),
            "title": names.pick(TITLES[language]),
            "source": names.pick(SOURCES),
            "occurred_at": _instant(names, ANCHOR - timedelta(days=240), ANCHOR),
        }
    )


def _opportunity(names: Names, story: Story, key: int) -> Opportunity:
    account = names.chance.randrange(len(story.accounts))
    language = story.languages[account]
    product = names.chance.randrange(len(PRODUCTS))
    _, name, price = PRODUCTS[product]
    steps = _steps(names)
    last = steps[-1]
    close = last.at if last.stage in {WON, LOST} else ANCHOR + timedelta(days=names.chance.randrange(10, 120))
    return Opportunity(
        key=key,
        account=account,
        owner=story.owners[account],
        product=product,
        name=f"{story.accounts[account]['name']}: {name}",
        amount_minor=price * names.chance.randrange(1, 9) * RATE[language],
        currency=CURRENCY[language],
        close=close,
        steps=steps,
    )


def _steps(names: Names) -> tuple[Step, ...]:
    """A walk through the pipeline that begins at a random day and ends at the anchor at the latest."""
    at = _moment(names, BEGIN, ANCHOR - timedelta(days=1))
    steps = [Step(FIRST_OPEN, at)]
    for stage in range(WON):
        low, high = STAGES[stage].days
        at += timedelta(days=names.chance.randrange(low, high), minutes=names.chance.randrange(600))
        if at >= ANCHOR:
            break
        if names.chance.random() < STAGES[stage].lost:
            steps.append(Step(LOST, at, names.pick(LOST_REASONS)))
            break
        steps.append(Step(stage + 1, at))
    return tuple(steps)


KINDS = ("call", "meeting", "email", "visit", "note", "task")
SUBJECTS = {
    "en": ("Introduction", "Requirements", "Demo of the instrument", "Quote discussed", "Follow-up", "Audit"),
    "zh": ("初次沟通", "需求确认", "产品演示", "报价沟通", "跟进回访", "验收安排"),
}


def _activity(names: Names, story: Story, key: int) -> None:
    account, contact = _whose(names, story)
    kind = names.pick(KINDS)
    at = _moment(names, BEGIN, ANCHOR)
    body: Json = {"kind": kind, "subject": names.pick(SUBJECTS[story.languages[account]])}
    if kind == "task":
        body["due_at"] = (at + timedelta(days=14)).isoformat()
    if kind != "task" or key % 3:
        body["done_at"] = at.isoformat()
        body["outcome"] = names.pick(("Good", "Open questions", "No answer"))
    story.activities.append(body | {"occurred_at": at.isoformat()})
    story.activity_subjects.append((account, contact))


def _moment(names: Names, begin: datetime, end: datetime) -> datetime:
    return begin + timedelta(seconds=names.chance.randrange(int((end - begin).total_seconds())))


def _instant(names: Names, begin: datetime, end: datetime) -> str:
    return _moment(names, begin, end).isoformat()
