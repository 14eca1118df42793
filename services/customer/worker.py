"""The worker process of customer: relay, replicas, reactions, jobs."""

from libs.common.plan import Plan, Wrapped
from libs.platform.process import replicas, run
from services.customer.handlers import HANDLERS, blank
from services.customer.jobs import HEAVY, JOBS, LOOPS
from services.customer.settings import Settings

settings = Settings()
PLAN = Plan(
    settings,
    "services.customer",
    HANDLERS,
    JOBS,
    replicas=replicas(settings, blank=blank),
    loops=LOOPS,
    heavy=HEAVY,
    wrapped=(Wrapped("import_source", "wrapped", key="import_id"),),
)

if __name__ == "__main__":
    run(PLAN)
