"""The worker process of sales: relay, replicas, reactions, jobs."""

from libs.common.plan import Plan
from libs.contracts.customer import AccountCreated, ContactCreated
from libs.platform.process import replicas, run
from services.sales.handlers import HANDLERS, blank
from services.sales.jobs import JOBS
from services.sales.settings import Settings

settings = Settings()
PLAN = Plan(
    settings,
    "services.sales",
    HANDLERS,
    JOBS,
    replicas=replicas(settings, references=(AccountCreated, ContactCreated), blank=blank),
)

if __name__ == "__main__":
    run(PLAN)
