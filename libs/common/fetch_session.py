"""A fetch session (KIP-227): what a broker remembers of a reader, and what the next request says.

The broker reads every partition that it remembers from the offset it was last told, again and again, until it
is told another one: it never moves an offset by itself. So a request names what moved or is new and what is
to be left, and nothing else; and whatever the broker may not have heard makes the next request a whole one.
"""

from dataclasses import dataclass, field

from libs.common.bus import TopicPartition

_LAST_EPOCH = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: epoch 0 opens a session with all that is named, and ends the one with this id."""

    session_id: int
    epoch: int
    named: dict[TopicPartition, int]
    forgotten: list[TopicPartition]


@dataclass(slots=True)
class FetchSession:
    """One reader's session with one broker: one request at a time, each answered or given up."""

    wanted: dict[TopicPartition, int] = field(default_factory=dict)
    known: dict[TopicPartition, int] = field(default_factory=dict)
    quiet: int = 0
    _id: int = 0
    _epoch: int = 0
    _touched: set[TopicPartition] = field(default_factory=set)
    _unanswered: bool = False

    def want(self, place: TopicPartition, offset: int) -> None:
        """Have a partition read from `offset`; the newest wish comes last in a whole request."""
        self.wanted.pop(place, None)
        self.wanted[place] = offset
        self._touched.add(place)

    def leave(self, place: TopicPartition) -> None:
        """Have a partition left out until it is wanted again."""
        self.wanted.pop(place, None)
        self._touched.add(place)

    def leave_all(self) -> None:
        """Have every partition left out."""
        self._touched |= self.known.keys()
        self.wanted.clear()

    def ask(self) -> Ask:
        """Return the next request; one after an unanswered request is whole, for who knows what was heard."""
        if self._unanswered:
            self._epoch = 0
        if self._epoch:
            touched = {each: self.wanted[each] for each in self._touched if each in self.wanted}
            named = {each: offset for each, offset in touched.items() if self.known.get(each) != offset}
            forgotten = [each for each in self._touched if each in self.known and each not in self.wanted]
        else:
            self.known, named, forgotten = {}, dict(self.wanted), []
        self.known |= named
        for each in forgotten:
            del self.known[each]
        self._touched.clear()
        self._unanswered = True
        return Ask(self._id, self._epoch, named, forgotten)

    def answered(self, session_id: int) -> None:
        """Go on after an answer; with id 0 the broker keeps no session, and every request is whole."""
        self._unanswered = False
        if self._epoch:
            self._epoch = self._epoch % _LAST_EPOCH + 1
        else:
            self._id, self._epoch = session_id, 1 if session_id else 0

    def restart(self) -> None:
        """Begin anew: the broker does not have this session, or not as we think it is."""
        self._epoch = 0
