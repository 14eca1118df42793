"""Every event as it came: the archive, the feed, and the source of a lost topic."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import direct
from libs.common.db import dumps
from libs.common.envelope import Envelope
from libs.common.events import Event
from libs.common.plan import is_compacted

_INSERT = text("""
INSERT INTO event_log (topic, partition, "offset", id, type, time, key, headers, value)
SELECT topic, partition, "offset", id, type, time, key, headers::jsonb, value
FROM unnest(
  CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[]), CAST(:ids AS uuid[]),
  CAST(:types AS text[]), CAST(:times AS timestamptz[]), CAST(:keys AS text[]), CAST(:headers AS text[]),
  CAST(:values AS bytea[])
) AS e(topic, partition, "offset", id, type, time, key, headers, value)
ON CONFLICT DO NOTHING
""")


class EventLog:
    """Keeps exact bytes and headers; personal fields are ciphertext and stay so."""

    name = "event_log"
    # Key topics are republished from their owners' tables, so that an erasure holds in the archive too.
    topics = tuple(sorted({e.topic for e in Event.registry.values() if not is_compacted(e.topic)}))
    tables = ("event_log",)
    ddl = """
    CREATE TABLE event_log (
      topic text NOT NULL,
      partition integer NOT NULL,
      "offset" bigint NOT NULL,
      id uuid NOT NULL UNIQUE,
      type text NOT NULL,
      time timestamptz NOT NULL,
      key text NOT NULL,
      headers jsonb NOT NULL,
      value bytea NOT NULL,
      PRIMARY KEY (topic, partition, "offset")
    )
    """

    async def fold(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Append the records of these events."""
        records = [each.record for each in envelopes]
        await direct.run(
            session,
            _INSERT,
            {
                "topics": [each.topic for each in records],
                "partitions": [each.partition for each in records],
                "offsets": [each.offset for each in records],
                "ids": [each.id for each in envelopes],
                "types": [each.type for each in envelopes],
                "times": [each.time for each in envelopes],
                "keys": [each.key for each in envelopes],
                "headers": [dumps({name: raw.decode() for name, raw in each.headers}) for each in records],
                "values": [each.value for each in records],
            },
        )
