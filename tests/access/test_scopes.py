"""What PostgreSQL shows to a viewer is what the specification allows, whichever way the product asks."""

from collections.abc import AsyncIterator

import pytest

from tests.access.conftest import Proof
from tests.access.doors import Door, doors
from tests.access.judging import SEED, judge
from tests.access.mutants import MUTANTS, planted

LIMIT = 600


@pytest.fixture(scope="module")
async def opened() -> AsyncIterator[list[Door]]:
    async with doors() as found:
        yield found


class TestScopes:
    @pytest.mark.timeout(LIMIT)
    async def test_show_what_the_specification_allows(self, opened: list[Door], proof: Proof) -> None:
        verdict = await judge(opened, proof.sizes["scope cases"])

        assert verdict.wrong == []
        assert 0 < verdict.shown < verdict.cases.total()
        proof.figures.sample("scope cases", verdict.cases.total())
        proof.figures.exactly("scope cases that differ", len(verdict.wrong), 0)
        proof.figures.at_least("scope doors", len(verdict.cases), proof.sizes["scope doors"])


class TestMutants:
    @pytest.mark.timeout(LIMIT)
    async def test_are_all_noticed(self, opened: list[Door], proof: Proof) -> None:
        survivors = []
        for name, patches in MUTANTS.items():
            with planted(patches):
                verdict = await judge(opened, 4 * proof.sizes["scope cases"], SEED, until_wrong=True)
            if not verdict.wrong:
                survivors.append(name)

        assert survivors == []
        proof.figures.sample("mutants", len(MUTANTS))
        proof.figures.exactly("mutants killed", len(MUTANTS) - len(survivors), len(MUTANTS))
