"""What must hold when a seed has come to rest."""

from collections import Counter
from itertools import pairwise

from libs.common.bus import Record
from tests.chaos import toy
from tests.chaos.simulator.simulation import GROUPS, Simulation


def problems(run: Simulation) -> list[str]:
    """Return every broken promise of a seed, empty when all were kept."""
    found = [f"{process.name} died of {error!r}" for process in run.processes for error in process.failures]
    if not run.is_quiet():
        return [*found, _unrest(run)]
    firsts = first_occurrences(run.broker.records(toy.TOPIC))
    found += _topic(run, firsts)
    for group in GROUPS:
        found += _effects(run, group, firsts)
    found += [
        f"command {name} took effect {count} times" for name, count in run.world.done.items() if count != 1
    ]
    found += [
        f"command {name} had {len(bodies)} answers"
        for writer in run.writers
        for name, bodies in writer.answers.items()
        if len(bodies) > 1
    ]
    return found + _dead_letters(run)


def first_occurrences(records: list[Record]) -> dict[str, list[tuple[int, Record]]]:
    """Return per key, in the order of the log, each sequence where it came first."""
    found: dict[str, list[tuple[int, Record]]] = {}
    for record in records:
        sequence = int(record.header("ce_sequence") or 0)
        own = found.setdefault(record.key.decode(), [])
        if sequence not in {known for known, _ in own}:
            own.append((sequence, record))
    return found


def _unrest(run: Simulation) -> str:
    parked = {key: why.reason for (_, _, key), (why, _) in run.world.parked_keys.items()}
    behind = {
        (group, place.partition): run.broker.log(place).end - row.position
        for (group, place), row in run.world.offsets.items()
    }
    return f"no rest: outbox {sorted(run.world.outbox)}, parked {parked}, behind {behind}"


def _topic(run: Simulation, firsts: dict[str, list[tuple[int, Record]]]) -> list[str]:
    """Nothing lost, nothing out of order, nothing invented."""
    found = []
    for key, count in run.world.recorded.items():
        sequences = [sequence for sequence, _ in firsts.get(key, [])]
        if sequences != list(range(1, count + 1)):
            found.append(f"topic: {key[-2:]} has {sequences}, recorded were {count}")
    return found


def _effects(run: Simulation, group: str, firsts: dict[str, list[tuple[int, Record]]]) -> list[str]:
    """Each event behind the group's start once, in order; poison never."""
    found = []
    for key, own in firsts.items():
        applied = run.world.effects[group, key]
        expected = {
            sequence
            for sequence, record in own
            if record.offset >= run.world.starts[group, record.place]
            and sequence not in run.world.poison[key]
        }
        if any(after <= before for before, after in pairwise(applied)) or not expected <= set(applied):
            found.append(f"{group}: {key[-2:]} applied {applied}, expected {sorted(expected)}")
        if set(applied) & run.world.poison[key]:
            found.append(f"{group}: {key[-2:]} applied poison")
    return found


def _dead_letters(run: Simulation) -> list[str]:
    letters = Counter(
        (record.key.decode(), int(record.header("ce_sequence") or 0)) for record in run.world.dead_letters
    )
    poison = {(key, sequence) for key, sequences in run.world.poison.items() for sequence in sequences}
    missing, innocent = poison - letters.keys(), letters.keys() - poison
    return [f"no dead letter for {each}" for each in missing] + [
        f"innocent dead letter {each}" for each in innocent
    ]
