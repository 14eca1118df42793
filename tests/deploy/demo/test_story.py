import phonenumbers
import pytest
from pydantic import BaseModel

from deploy.demo import bodies, company
from deploy.demo.bodies import Organisation
from deploy.demo.story import CONVERTED, LOST, WON, Story, tell
from deploy.demo.wire import Json
from services.customer.accounts.schemas import AccountCreate
from services.sales.opportunities.schemas import OpportunityCreate
from services.sales.pipelines.schemas import PipelineCreate
from services.sales.products.schemas import ProductCreate
from tests.figures import budget

ID = "01930000-0000-7000-8000-000000000000"
ORGANISATION = Organisation(
    users={member.key: ID for member in company.MEMBERS},
    products=[ID] * len(company.PRODUCTS),
    pipeline=ID,
    stages=[ID] * len(company.STAGES),
)


@pytest.fixture(scope="module")
def story() -> Story:
    return tell()


class TestStory:
    def test_is_the_same_every_time(self, story: Story) -> None:
        assert tell() == story
        assert tell(seed=1) != story

    def test_is_as_large_as_promised(self, story: Story) -> None:
        least = budget("demo")

        assert len(company.MEMBERS) >= least["users"]
        assert len(story.accounts) >= least["accounts"]
        assert len(story.contacts) >= least["contacts"]
        assert len(story.leads) >= least["leads"]
        assert least["converted_leads"] <= CONVERTED
        assert len(story.opportunities) >= least["opportunities"]
        assert len(story.activities) >= least["activities"]

    def test_leaves_opportunities_in_every_stage(self, story: Story) -> None:
        last = [one.steps[-1].stage for one in story.opportunities]

        assert {stage: last.count(stage) > 10 for stage in range(len(company.STAGES))} == dict.fromkeys(
            range(len(company.STAGES)), True
        )

    def test_walks_forward_in_time_and_never_beyond_the_anchor(self, story: Story) -> None:
        for one in story.opportunities:
            times = [step.at for step in one.steps]
            assert times == sorted(times)
            assert times[-1] <= company.ANCHOR
            assert one.steps[0].stage == 0
            assert all(step.stage not in {WON, LOST} for step in one.steps[:-1])

    def test_spans_eighteen_months(self, story: Story) -> None:
        months = {step.at.strftime("%Y-%m") for one in story.opportunities for step in one.steps}

        assert len(months) >= company.MONTHS

    def test_names_people_and_companies_in_both_languages(self, story: Story) -> None:
        for records, field in ((story.accounts, "name"), (story.contacts, "family_name")):
            chinese = [record for record in records if not str(record[field]).isascii()]
            assert len(records) // 4 < len(chinese) < len(records)

    def test_gives_nobody_the_name_or_number_of_another(self, story: Story) -> None:
        people = [*story.accounts, *story.contacts, *story.leads]
        phones = [str(one["phone"]) for one in people]

        assert len(set(phones)) == len(phones)
        assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in phones)
        assert len({str(one["name"]) for one in story.accounts}) == len(story.accounts)

    def test_has_a_department_tree_of_three_levels(self) -> None:
        parents = {one.key: one.parent for one in company.DEPARTMENTS}

        def depth(key: str) -> int:
            parent = parents[key]
            return 1 if parent is None else 1 + depth(parent)

        assert max(depth(key) for key in parents) == 3
        assert {member.department for member in company.MEMBERS} <= parents.keys()


class TestBodies:
    def test_are_what_the_services_take(self, story: Story) -> None:
        accounts, contacts = [ID] * len(story.accounts), [ID] * len(story.contacts)
        opportunities = bodies.opportunity_bodies(story, accounts, contacts, ORGANISATION)
        products = [bodies.product_body(*one) for one in (*company.PRODUCTS, company.MARKER)]

        fits(AccountCreate, bodies.account_bodies(story, ORGANISATION))
        fits(OpportunityCreate, opportunities)
        fits(ProductCreate, products)
        fits(PipelineCreate, [bodies.pipeline_body()])

    def test_have_external_ids_of_their_own(self, story: Story) -> None:
        accounts, contacts = [ID] * len(story.accounts), [ID] * len(story.contacts)
        made = [
            bodies.account_bodies(story, ORGANISATION),
            bodies.contact_bodies(story, accounts, ORGANISATION),
            bodies.lead_bodies(story, ORGANISATION),
            bodies.opportunity_bodies(story, accounts, contacts, ORGANISATION),
            bodies.activity_bodies(story, accounts, contacts, ORGANISATION),
        ]

        for records in made:
            ids = {record["external_id"]["id"] for record in records}
            assert len(ids) == len(records)

    def test_give_each_contact_to_its_account(self, story: Story) -> None:
        accounts = [str(key) for key in range(len(story.accounts))]

        made = bodies.contact_bodies(story, accounts, ORGANISATION)

        assert [one["account_id"] for one in made[:4]] == ["0", "0", "0", "1"]


def fits(schema: type[BaseModel], records: list[Json]) -> None:
    for record in records:
        schema.model_validate(record)
