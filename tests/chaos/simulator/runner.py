"""One seed from outside: run it in virtual time and judge it."""

import logging
import warnings
from collections import Counter
from dataclasses import dataclass

from tests.chaos.simulator.checker import problems
from tests.chaos.simulator.simulation import Shipped, Simulation
from tests.chaos.simulator.virtual import run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a seed."""

    seed: int
    problems: list[str]
    hits: Counter[str]
    events: int


def simulate(seed: int, shipped: Shipped | None = None) -> Outcome:
    """Run one seed; the same seed always does the same."""
    with warnings.catch_warnings():
        # A process that dies leaves coroutines behind that nobody will ever await.
        warnings.simplefilter("ignore", RuntimeWarning)
        logging.disable()
        try:
            simulation = run(Simulation(seed, shipped or Shipped()).run())
        finally:
            logging.disable(logging.NOTSET)
    events = sum(simulation.world.recorded.values())
    return Outcome(seed, problems(simulation), simulation.chaos.hits, events)
