"""Due work of sales."""

from libs.common.plan import Job

JOBS: tuple[Job, ...] = ()
