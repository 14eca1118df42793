"""The worker process of auth: relay, replicas, jobs."""

from libs.common.plan import Plan, Wrapped
from libs.platform.process import replicas, run
from services.auth.handlers import HANDLERS
from services.auth.jobs import jobs
from services.auth.settings import Settings

settings = Settings()
PLAN = Plan(
    settings,
    "services.auth",
    HANDLERS,
    jobs(settings),
    replicas=replicas(settings),
    wrapped=(
        Wrapped("session", "secret"),
        Wrapped("signing_key", "wrapped"),
        Wrapped("second_factor", "secret"),
    ),
)

if __name__ == "__main__":
    run(PLAN)
