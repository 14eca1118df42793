"""Due work of ticketing: the clocks of SLA policies."""

from libs.common.due import Timers
from libs.common.plan import Job

JOBS: tuple[Job, ...] = ()
TIMERS: Timers = {}
