"""The story's records as bodies of requests, with the ids of what they refer to."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.demo import company
from deploy.demo.company import external
from deploy.demo.story import CONTACTS_PER_ACCOUNT, Opportunity, Step, Story
from deploy.demo.wire import Json


@dataclass(frozen=True)
class Organisation:
    """Ids of what everything else refers to."""

    users: dict[str, str]
    products: list[str]
    pipeline: str
    stages: list[str]


def role_body(key: str) -> Json:
    name, permissions = company.ROLES[key]
    return {"name": name, "permissions": permissions, "external_id": external("role", key)}


def user_body(
    member: company.Member, departments: dict[str, str], roles: dict[str, str], users: dict[str, str]
) -> Json:
    body: Json = {
        "email": company.email_of(member.key),
        "name": member.name,
        "password": company.PASSWORD,
        "department_id": departments[member.department],
        "role_ids": [roles[member.role]],
        "locale": member.locale,
        "time_zone": member.time_zone,
        "external_id": external("user", member.key),
    }
    return body | ({"manager_id": users[member.manager]} if member.manager else {})


def code_of(name: str) -> str:
    return name.upper().replace(" ", "-")


def product_body(series: str, name: str, price: int) -> Json:
    return {
        "name": name,
        "code": code_of(name),
        "price_minor": price,
        "currency": "USD",
        "series": series,
        "external_id": external("product", code_of(name)),
    }


def pipeline_body() -> Json:
    stages = [{"name": s.name, "kind": s.kind, "probability": s.probability} for s in company.STAGES]
    return {"name": company.PIPELINE, "stages": stages, "external_id": external("pipeline", "main")}


def account_bodies(story: Story, organisation: Organisation) -> list[Json]:
    return [
        body | {"owner_id": organisation.users[owner], "external_id": external("account", key)}
        for key, (body, owner) in enumerate(zip(story.accounts, story.owners, strict=True))
    ]


def contact_bodies(story: Story, accounts: Sequence[str], organisation: Organisation) -> list[Json]:
    def home(key: int) -> Json:
        account = key // CONTACTS_PER_ACCOUNT
        owner = organisation.users[story.owners[account]]
        return {"account_id": accounts[account], "owner_id": owner}

    return [
        body | home(key) | {"external_id": external("contact", key)}
        for key, body in enumerate(story.contacts)
    ]


def lead_bodies(story: Story, organisation: Organisation) -> list[Json]:
    return [
        body | {"owner_id": organisation.users[owner], "external_id": external("lead", key)}
        for key, (body, owner) in enumerate(zip(story.leads, story.lead_owners, strict=True))
    ]


def conversion_body(story: Story, key: int, organisation: Organisation) -> Json:
    """The opportunity that a lead becomes."""
    _, product, price = company.PRODUCTS[key % len(company.PRODUCTS)]
    return {
        "name": f"{story.leads[key]['company_name']}: {product}",
        "pipeline_id": organisation.pipeline,
        "amount_minor": price,
        "currency": "USD",
    }


def opportunity_bodies(
    story: Story, accounts: Sequence[str], contacts: Sequence[str], organisation: Organisation
) -> list[Json]:
    return [
        {
            "name": one.name,
            "pipeline_id": organisation.pipeline,
            "account_id": accounts[one.account],
            "contact_id": contacts[one.account * CONTACTS_PER_ACCOUNT + one.key % CONTACTS_PER_ACCOUNT],
            "product_id": organisation.products[one.product],
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "expected_close_date": one.close.date().isoformat(),
            "owner_id": organisation.users[one.owner],
            "history": [step_body(one, step, organisation) for step in one.steps],
            "external_id": external("opportunity", one.key),
        }
        for one in story.opportunities
    ]


def step_body(one: Opportunity, step: Step, organisation: Organisation) -> Json:
    body: Json = {"stage_id": organisation.stages[step.stage], "occurred_at": step.at.isoformat()}
    if company.STAGES[step.stage].kind == "won":
        body["amount_minor"] = one.amount_minor
    return body | ({"lost_reason": step.reason} if step.reason else {})


def activity_bodies(
    story: Story, accounts: Sequence[str], contacts: Sequence[str], organisation: Organisation
) -> list[Json]:
    return [
        body
        | {
            "account_id": accounts[account],
            "contact_id": contacts[contact],
            "owner_id": organisation.users[story.owners[account]],
            "external_id": external("activity", key),
        }
        for key, (body, (account, contact)) in enumerate(
            zip(story.activities, story.activity_subjects, strict=True)
        )
    ]
