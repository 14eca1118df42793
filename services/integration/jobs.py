"""Due work of integration."""

from libs.common.plan import Job

JOBS: tuple[Job, ...] = ()
