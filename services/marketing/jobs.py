"""Due work of marketing."""

from libs.common.plan import Job

JOBS: tuple[Job, ...] = ()
