"""Run many seeds: `python -m tests.chaos.simulator --seeds 10000`; a failure prints its seed."""

import argparse
import json
import logging
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.chaos.simulator.runner import simulate


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    began, failed, total = time.monotonic(), 0, Counter[str]()
    seeds = range(asked.first, asked.first + asked.seeds)
    with ProcessPoolExecutor(asked.processes) as pool:
        for outcome in pool.map(simulate, seeds, chunksize=10):
            failed += bool(outcome.problems)
            total += outcome.hits + Counter(events=outcome.events)
            for problem in outcome.problems:
                print(f"seed {outcome.seed}: {problem}")
    print(json.dumps(total))
    print(f"{asked.seeds} seeds, {failed} failed, {time.monotonic() - began:.1f} s")
    return min(failed, 1)


if __name__ == "__main__":
    logging.disable()
    warnings.simplefilter("ignore")
    sys.exit(main())
