"""What stands on a topic, and whether it is what was recorded."""

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from libs.common.bus import Bus, Record


async def read_topic(bus: Bus, topic: str) -> list[Record]:
    """Read a topic from its start to the ends of this moment; order holds within a partition."""
    ends = {place: end for place, end in (await bus.ends([topic])).items() if end}
    reader = await bus.reader(f"check-{uuid4().hex[:8]}", [topic], "checker")
    found: list[Record] = []
    reached = dict.fromkeys(ends, 0)
    async with asyncio.timeout(240):
        while any(reached[place] < end for place, end in ends.items()):
            for place in reader.unplaced():
                reader.place(place, 0)
            for place, records in (await reader.poll(0.1, 5000)).items():
                found += records
                reached[place] = records[-1].offset + 1
    await reader.close()
    return found


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with a topic."""

    lost: int
    out_of_order: int
    invented: int
    events: int
    duplicates: int

    @property
    def is_clean(self) -> bool:
        """Tell whether every promise was kept on a sample that is not empty."""
        return self.events > 0 and not (self.lost or self.out_of_order or self.invented)


def judge(records: list[Record], versions: dict[str, int]) -> Judgement:
    """Compare the first occurrence of every event with the versions 1..N of each aggregate."""
    first: dict[str, dict[int, str]] = {}
    duplicates = invented = out_of_order = 0
    for record in records:
        key, sequence = record.key.decode(), int(record.header("ce_sequence") or 0)
        own = first.setdefault(key, {})
        if key not in versions:
            continue
        if sequence in own:
            duplicates += 1
            invented += own[sequence] != record.header("ce_id")
            continue
        out_of_order += bool(own) and sequence != max(own) + 1
        own[sequence] = record.header("ce_id") or ""
        invented += sequence > versions[key]
    lost = sum(len(set(range(1, last + 1)) - first.get(key, {}).keys()) for key, last in versions.items())
    return Judgement(lost, out_of_order, invented, sum(versions.values()), duplicates)
