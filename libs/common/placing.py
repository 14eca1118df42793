"""Where a group goes on reading: at its own position, as long as the log is the one that it was noted for."""

import logging
from datetime import timedelta

from libs.common.bus import Bus, TopicPartition
from libs.common.group import Group
from libs.common.inbox import Inbox, Placement

log = logging.getLogger(__name__)


async def trusted(
    group: Group, bus: Bus, inbox: Inbox, place: TopicPartition, row: Placement, cluster: str
) -> Placement:
    """Return the row when the log still holds its last record; else go back by an hour, and note it."""
    if row.last_offset is None or place.topic in group.compacted:
        return row
    found = await bus.read(place, row.last_offset)
    same_log = found is not None and found.header("ce_id") == row.last_id
    if same_log and cluster == row.cluster_id:
        return row
    position = row.position
    if not same_log and row.last_time is not None:
        position = await bus.offset_at(place, row.last_time - timedelta(hours=1))
    log.error("%s: %s was made anew; reading again from offset %d", group.name, place, position)
    await inbox.rebase(group.name, place, row.position, position, cluster)
    return Placement(row.start, position, cluster)
