"""The worker process of ticketing: relay, replicas, reactions, clocks."""

from libs.common.plan import Plan
from libs.contracts.customer import AccountCreated, ContactCreated
from libs.platform.process import replicas, run
from libs.platform.references.people import PeopleApplier
from services.ticketing.handlers import HANDLERS, blank
from services.ticketing.jobs import JOBS, TIMERS
from services.ticketing.settings import Settings

settings = Settings()
PLAN = Plan(
    settings,
    "services.ticketing",
    HANDLERS,
    JOBS,
    replicas=replicas(
        settings,
        references=(AccountCreated,),
        blank=blank,
        appliers={ContactCreated.topic: PeopleApplier()},
    ),
    timers=TIMERS,
    # Of all that is told of tickets only a closing matters here: most of a batch only moves the position.
    batch=50,
)

if __name__ == "__main__":
    run(PLAN)
