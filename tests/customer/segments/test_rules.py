"""The SQL of a rule says what the rule means, over random worlds; and it knows when its answer may change."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.customer.conditions import leaves, read_rule, sources
from services.customer.segments.queries import Rule, Verdict, judge
from tests.customer.acting import NOW, equip
from tests.customer.oracle import Tree, World
from tests.customer.worlds import Chance

WORLDS, RULES, AT_ONCE = 18, 30, 10


async def flushed(session: AsyncSession, world: World) -> None:
    session.add_all([*world.accounts, *world.contacts, *world.activities, *world.consents])
    await session.flush()


def a_rule(tree: Tree) -> Rule:
    node = read_rule(tree)
    return Rule(new_id(), node, sources(node), is_timed=any(leaf.is_timed for leaf in leaves(node)))


def assert_meant(world: World, tree: Tree, rule: Rule, verdicts: Sequence[Verdict]) -> None:
    """Whom the rule describes now, and that nobody's answer changes by itself before it is due."""
    found = {each.contact_id for each in verdicts if each.is_match}
    assert found == world.members(tree, NOW), tree
    for days in (1, 7, 41):
        later = NOW + timedelta(days=days)
        changed = found ^ world.members(tree, later)
        assert changed <= {each.contact_id for each in verdicts if each.turns_at and each.turns_at <= later}
    assert all(each.turns_at is None or (rule.is_timed and each.turns_at > NOW) for each in verdicts), tree


@pytest.mark.parametrize("seed", range(WORLDS))
class TestRandomRules:
    """540 rules, each over 40 contacts; a failing one is shown."""

    async def test_describe_whom_they_mean_and_until_when(self, session: AsyncSession, seed: int) -> None:
        chance = Chance(seed)
        world = chance.world()
        await flushed(equip(session), world)
        ids = [each.id for each in world.contacts]

        for _ in range(RULES // AT_ONCE):
            trees = [chance.rule(world) for _ in range(AT_ONCE)]
            asked = [a_rule(tree) for tree in trees]
            verdicts = await judge(session, asked, ids, NOW)
            for tree, rule in zip(trees, asked, strict=True):
                mine = [each for each in verdicts if each.segment_id == rule.segment_id]
                assert_meant(world, tree, rule, mine)
