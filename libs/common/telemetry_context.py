"""What is being done now, as the W3C traceparent that the log and the next process are told."""

import re
from contextvars import ContextVar

# Set by whoever begins something: a request, or the batch of a consumer.
CURRENT: ContextVar[str | None] = ContextVar("plexus_traceparent", default=None)
TRACEPARENT = re.compile("00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
