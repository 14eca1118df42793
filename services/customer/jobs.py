"""Due work of customer: none yet."""

from libs.common.plan import Job

JOBS: tuple[Job, ...] = ()
