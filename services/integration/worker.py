"""The worker process of integration: relay, replicas, reactions, and what sends."""

from libs.common.plan import Plan
from libs.platform.process import replicas, run
from services.integration.handlers import HANDLERS
from services.integration.jobs import JOBS
from services.integration.settings import Settings

settings = Settings()
PLAN = Plan(settings, "services.integration", HANDLERS, JOBS, replicas=replicas(settings))

if __name__ == "__main__":
    run(PLAN)
