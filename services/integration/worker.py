"""The worker process of integration: relay, replicas, reactions, and what sends."""

from libs.common.plan import Plan
from libs.platform.process import replicas, run
from services.integration.handlers import HANDLERS, blank
from services.integration.jobs import JOBS, MailSender
from services.integration.settings import Settings

settings = Settings()
PLAN = Plan(
    settings,
    "services.integration",
    HANDLERS,
    JOBS,
    replicas=replicas(settings, blank=blank),
    loops=(MailSender(settings),),
    batch=50,
)

if __name__ == "__main__":
    run(PLAN)
