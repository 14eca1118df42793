"""aiokafka's fetcher with fetch sessions: requests and answers carry the partitions that changed.

aiokafka asks for every assigned partition each time: hundreds of them, in Python, twice a second and after
every event. This one keeps a session with each broker (`fetch_session`), and looks only at partitions that an
answer or a seek has touched. It overrides private methods; the lock and `tests/common/test_kafka_fetch.py`
hold them to the release they were written for.

A position comes from a seek alone: what has none is left out, without asking for Kafka's committed offset.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from types import FunctionType
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.consumer import consumer
from aiokafka.consumer.fetcher import Fetcher, FetchResult, PartitionRecords
from aiokafka.errors import (
    IncompatibleBrokerVersion,
    KafkaError,
    OffsetOutOfRangeError,
    RecordTooLargeError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords

from libs.common.bus import Record, TopicPartition
from libs.common.fetch_session import Ask, FetchSession
from libs.common.kafka_clients import record_of

log = logging.getLogger(__name__)
_FIRST_WITH_SESSIONS = 7
# The broker has lost the session (it was evicted, or the broker restarted), or counts it differently.
_LOST_SESSION = frozenset({70, 71})
# While something is left out, and soon after something came, an answer is not long in coming: the broker
# listens to nothing else meanwhile.
_SOON_MS, _FIRST_WAIT_MS = 100, 50


class SessionRequest(FetchRequest):  # type: ignore[misc]
    """A fetch request that continues, or opens, a session."""

    def __init__(self, ask: Ask, wait_ms: int, fetcher: "SessionFetcher") -> None:
        most = fetcher._max_partition_fetch_bytes  # noqa: SLF001 - the fetcher's own request
        named = [(place, (place.partition, offset, most)) for place, offset in ask.named.items()]
        sizes = fetcher._fetch_min_bytes, fetcher._fetch_max_bytes  # noqa: SLF001
        super().__init__(wait_ms, *sizes, fetcher._isolation_level, _by_topic(named))  # noqa: SLF001
        self.ask = ask

    def build(self, request_struct_class: type[Any]) -> Any:
        """Return the request in the broker's version; raises for brokers older than fetch sessions."""
        if request_struct_class.API_VERSION < _FIRST_WITH_SESSIONS:
            raise IncompatibleBrokerVersion("fetch sessions need Kafka 1.1")
        made = super().build(request_struct_class)
        made.session_id, made.session_epoch = self.ask.session_id, self.ask.epoch
        made.forgotten_topics_data = _by_topic((each, each.partition) for each in self.ask.forgotten)
        return made


class SessionFetcher(Fetcher):  # type: ignore[misc]
    """Fetches through one session a broker; nothing while what came has not been polled."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._sessions: dict[Any, FetchSession] = {}
        # Partitions whose place in the sessions is to be looked at again.
        self._open: set[KafkaPartition] = set()
        self._looked_at: tuple[Any, Any] = (None, None)
        super().__init__(*args, **options)

    def seek_to(self, tp: KafkaPartition, offset: int) -> None:
        """Move a partition."""
        self._open.add(tp)
        super().seek_to(tp, offset)

    def _get_actions_per_node(self, assignment: Any) -> tuple[Any, ...]:
        """Return (requests, resets, patience in seconds, whether a leader is missing, what may resume)."""
        cluster = self._client.cluster
        self._begin_anew(assignment, cluster._partitions)  # noqa: SLF001 - a new one with each look at the cluster
        busy, resumes, leaderless = set(), [], False
        for tp in tuple(self._open):
            state, node = assignment.state_value(tp), cluster.leader_for_partition(tp)
            if state is None:
                self._open.discard(tp)
            elif node is None or node == -1:
                leaderless = True
            elif tp in self._records:
                busy.add(node)
            elif not state.has_valid_position or state.paused:
                self._session(node).leave(TopicPartition(*tp))
                resumes += [state.resume_fut] if state.paused else []
            else:
                self._session(node).want(TopicPartition(*tp), state.position)
                self._open.discard(tp)
        requests = [
            (node, SessionRequest(session.ask(), self._wait_ms(session), self))
            for node, session in self._sessions.items()
            if session.wanted and node not in busy and node not in self._in_flight
        ]
        return requests, {}, self._fetcher_timeout, leaderless, resumes

    def _begin_anew(self, assignment: Any, leaders: Any) -> None:
        """Look at every partition once when there are others, or the cluster may have other leaders."""
        if self._looked_at[0] is not assignment or self._looked_at[1] is not leaders:
            self._looked_at = (assignment, leaders)
            self._open = set(assignment.tps)
            for session in self._sessions.values():
                session.leave_all()

    def _session(self, node: Any) -> FetchSession:
        return self._sessions.setdefault(node, FetchSession())

    def _wait_ms(self, session: FetchSession) -> int:
        """Return how long the broker may hold an answer back: longer, the longer nothing came."""
        longest = _SOON_MS if self._open else self._fetch_max_wait_ms
        return int(min(longest, _FIRST_WAIT_MS << min(session.quiet, 10)))

    async def _proc_fetch_request(self, assignment: Any, node_id: Any, request: SessionRequest) -> bool:
        """Fetch once; return whether there is something to poll."""
        session = self._session(node_id)
        try:
            response = await self._client.send(node_id, request)
        except KafkaError as error:
            log.warning("fetching from node %s failed: %s", node_id, type(error).__name__)
            await asyncio.sleep(self._retry_backoff)
            return False
        except asyncio.CancelledError:
            # The partitions are no longer ours, or nobody is interested any more.
            return False
        if response.error_code:
            session.restart()
            if response.error_code not in _LOST_SESSION:
                log.warning("fetching from node %s failed: %d", node_id, response.error_code)
                await asyncio.sleep(self._retry_backoff)
            return False
        session.answered(response.session_id)
        return assignment.active and await self._take_all(assignment, session, response.topics)

    async def _take_all(self, assignment: Any, session: FetchSession, topics: Any) -> bool:
        """Keep what was asked for; return whether there is something to poll."""
        found, failed = False, False
        for topic, answers in topics:
            for answer in answers:
                tp = KafkaPartition(topic, answer[0])
                self._open.add(tp)
                state, offset = assignment.state_value(tp), session.known.get(TopicPartition(*tp))
                if state is None or not state.has_valid_position or state.position != offset:
                    # It was moved meanwhile; its new position is told with the next request.
                    continue
                found |= (
                    self._fail(tp, answer[1], offset) if answer[1] else self._take(assignment, tp, answer)
                )
                failed |= answer[1] != 0 and tp not in self._records
        session.quiet = 0 if found else session.quiet + 1
        if failed and not found:
            # A partition that fails is answered at once, each time.
            await asyncio.sleep(self._retry_backoff)
        return found

    def _take(self, assignment: Any, tp: KafkaPartition, answer: Any) -> bool:
        """Keep the records of one partition until they are polled."""
        state = assignment.state_value(tp)
        state.highwater, state.lso, state.timestamp = answer[2], answer[3], int(1000 * time.time())
        records = MemoryRecords(answer[-1])
        if records.has_next():
            unpacked = _Records(
                tp,
                records,
                answer[5],
                state.position,
                self._key_deserializer,
                self._value_deserializer,
                self._check_crcs,
                self._isolation_level,
            )
            self._records[tp] = FetchResult(
                tp,
                partition_records=unpacked,
                assignment=assignment,
                backoff=0,
            )
        elif records.size_in_bytes():
            self._set_error(tp, RecordTooLargeError(f"{tp} at {state.position}"))
            state.consumed_to(state.position + 1)
        return tp in self._records

    def _fail(self, tp: KafkaPartition, code: int, offset: int | None) -> bool:
        """Keep an error that only the poller can do something about; else hope for another leader."""
        kind = for_code(code)
        if kind is OffsetOutOfRangeError:
            self._set_error(tp, OffsetOutOfRangeError({tp: offset}))
        elif kind is TopicAuthorizationFailedError:
            self._set_error(tp, TopicAuthorizationFailedError(tp.topic))
        else:
            log.info("fetching %s failed: %s", tp, kind.__name__)
            self._client.force_metadata_update()
        return tp in self._records


class _Records(PartitionRecords):  # type: ignore[misc]
    """Unpacks records as the port has them, without one of aiokafka's in between."""

    def _consumer_record(self, tp: KafkaPartition, record: Any) -> Record:
        return record_of(tp, record)


def _by_topic[T](placed: Iterable[tuple[TopicPartition, T]]) -> list[tuple[str, list[T]]]:
    """Group by topic, as the protocol has it."""
    found: dict[str, list[T]] = defaultdict(list)
    for place, each in placed:
        found[place.topic].append(each)
    return list(found.items())


class SessionConsumer(AIOKafkaConsumer):  # type: ignore[misc]
    """A consumer that fetches through sessions: aiokafka's own start, in which `Fetcher` means ours.

    Other consumers of the process keep aiokafka's fetcher.
    """

    start = FunctionType(AIOKafkaConsumer.start.__code__, vars(consumer) | {"Fetcher": SessionFetcher})
