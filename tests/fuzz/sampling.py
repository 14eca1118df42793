"""Which requests are sent: boundary cases that follow from the schema, and random ones, by a fixed seed."""

import math
import random
import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.core.errors import InvalidSchema
from schemathesis.core.result import Err, Result

SEED = 20_261_122
LONGEST_ADDRESS = 60_000
# A blank becomes %20, and a character outside of the basic plane %F0%9F%98%80.
_LONGEST_ASCII, _LONGEST_CHARACTER = 3, 12
_SHARE_OF_BOUNDARIES = 0.9
# A list takes sixty filters, each with dozens of boundaries, of which a dozen cases are drawn in the end.
_MOST_FILTERS = 16

type Operation = APIOperation[Any, Any, Any, Any]
type Cases = list[Case[Any]]


def narrowed(document: dict[str, Any]) -> dict[str, Any]:
    """Leave each list some of its optional parameters, others for each, by the fixed seed."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            given = operation.get("parameters", [])
            filters = [one for one in given if one["in"] == "query" and not one.get("required")]
            if len(filters) > _MOST_FILTERS:
                kept = random.Random(f"{SEED} {method} {path}").sample(filters, _MOST_FILTERS)
                operation["parameters"] = [one for one in given if one in kept or one not in filters]
    return document


class Sampler:
    """Draws the cases of one service's document."""

    def __init__(self, schema: BaseSchema) -> None:
        """Work out the boundary cases, right and wrong; a wrong one is wrong in one thing."""
        usable = [_usable(found) for found in schema.get_all_operations()]
        # A stream of events never ends; tests of its own read from it.
        self.operations = [one for one in usable if not _is_endless(one)]
        self.boundaries = [_boundaries(schema, one) for one in self.operations]

    def sample(self, mode: GenerationMode, wanted: int) -> Cases:
        """Return at least `wanted` cases, a fair share for each operation, in an order that mixes them."""
        found = [[case for case in cases if _mode(case) is mode] for cases in self.boundaries]
        shares = fair_shares([len(cases) for cases in found], round(wanted * _SHARE_OF_BOUNDARIES))
        drawn = [case for cases, share in zip(found, shares, strict=True) for case in _spread(cases, share)]
        # An operation without input has nothing to be drawn.
        open_ones = [one for one in self.operations if any(one.iter_parameters()) or one.body]
        each = math.ceil((wanted - len(drawn)) / len(open_ones))
        drawn += [case for one in open_ones for case in _random(one, mode, each)]
        random.Random(SEED).shuffle(drawn)
        return drawn


def _is_sendable(case: Case[Any]) -> bool:
    """Tell whether the address is short enough for the server to let the application hear of it."""
    shown = str(case.query)
    is_short = len(shown) * (_LONGEST_ASCII if shown.isascii() else _LONGEST_CHARACTER) < LONGEST_ADDRESS
    return is_short or len(urlencode(case.query)) < LONGEST_ADDRESS


def _mode(case: Case[Any]) -> GenerationMode:
    # Asked in public, each case is compared first with what it was: half of all a run's work.
    meta = case._meta  # noqa: SLF001
    assert meta is not None
    return meta.generation.mode


def _usable(found: Result[Operation, InvalidSchema]) -> Operation:
    if isinstance(found, Err):
        raise found.err()
    return found.ok()


def _is_endless(one: Operation) -> bool:
    answers = one.definition.raw.get("responses", {})
    return any("text/event-stream" in each.get("content", {}) for each in answers.values())


def fair_shares(sizes: Sequence[int], wanted: int) -> list[int]:
    """How many to take of each so that the sum is `wanted` and nobody takes more than another needs."""
    level = 0
    while sum(min(size, level) for size in sizes) < wanted and level < max(sizes):
        level += 1
    return [min(size, level) for size in sizes]


def _spread(cases: Cases, count: int) -> Cases:
    """Take `count` of them, at even distances."""
    return [cases[index * len(cases) // count] for index in range(count)]


def _boundaries(schema: BaseSchema, one: Operation) -> Cases:
    config = schema.config.generation_for(operation=one)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        modes = list(GenerationMode)
        found = schema.iter_coverage_cases(one, generation_modes=modes, generation_config=config)
        return [case for case in found if _is_sendable(case)]


def _random(one: Operation, mode: GenerationMode, count: int) -> Cases:
    drawn: Cases = []

    @seed(SEED)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=one.as_strategy(mode))
    def draw(case: Case[Any]) -> None:
        assume(_is_sendable(case))
        drawn.append(case)

    # Of some input nothing is wrong: any text may stand in the address of a link.
    with warnings.catch_warnings(), suppress(Unsatisfiable):
        warnings.simplefilter("ignore")
        draw()
    return drawn
