"""The worker process of integration: relay, replicas, reactions, and what sends."""

from libs.common.plan import Plan, Wrapped
from libs.contracts.sales import LeadCaptured, OpportunityOpened
from libs.platform.process import replicas, run
from services.integration.handlers import EVERYTHING, HANDLERS, blank
from services.integration.jobs import jobs, loops
from services.integration.settings import Settings

settings = Settings()
PLAN = Plan(
    settings,
    "services.integration",
    HANDLERS,
    jobs(settings),
    replicas=(*replicas(settings, references=(LeadCaptured, OpportunityOpened), blank=blank), EVERYTHING),
    loops=loops(settings),
    wrapped=tuple(Wrapped("webhook", each, prefix="webhook-") for each in ("secret", "previous_secret")),
    batch=50,
)

if __name__ == "__main__":
    run(PLAN)
