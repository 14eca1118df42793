"""The worker process of marketing: relay, replicas, reactions, the release of mails."""

from libs.common.plan import Plan
from libs.contracts.customer import (
    AccountCreated,
    ConsentGiven,
    ContactCreated,
    SegmentDefined,
    SegmentMemberEntered,
)
from libs.platform.process import replicas, run
from libs.platform.references.people import PeopleApplier
from services.marketing.audience import CONSENTS, SEGMENT_MEMBERS
from services.marketing.handlers import HANDLERS, blank
from services.marketing.jobs import LOOPS, TIMERS
from services.marketing.settings import Settings

settings = Settings()
PLAN = Plan(
    settings,
    "services.marketing",
    HANDLERS,
    timers=TIMERS,
    loops=LOOPS,
    # One campaign's answers come by the thousand.
    batch=100,
    replicas=replicas(
        settings,
        references=(AccountCreated, SegmentDefined),
        blank=blank,
        appliers={
            ContactCreated.topic: PeopleApplier(),
            SegmentMemberEntered.topic: SEGMENT_MEMBERS,
            ConsentGiven.topic: CONSENTS,
        },
    ),
)

if __name__ == "__main__":
    run(PLAN)
