"""The worker process of analytics: read models and replicas, from events alone."""

from libs.common.plan import Plan
from libs.contracts.customer import AccountCreated, ContactCreated
from libs.contracts.sales import PipelineOpened, ProductAdded
from libs.platform.process import heartbeats, replicas, run
from libs.platform.records.replica import records_group
from services.analytics.campaigns.projection import Campaigns
from services.analytics.event_log.projection import EventLog
from services.analytics.funnel.projection import Funnel
from services.analytics.performance.projection import Performance
from services.analytics.search.projection import Search, blank
from services.analytics.settings import Settings
from services.analytics.tickets.projection import Tickets
from services.analytics.timeline.projection import Timeline

settings = Settings()
REFERENCES = (AccountCreated, ContactCreated, ProductAdded, PipelineOpened)
PLAN = Plan(
    settings,
    "services.analytics",
    projections=(
        Campaigns(),
        EventLog(),
        Funnel(settings.company_time_zone),
        Performance(settings.company_time_zone),
        Search(),
        Tickets(),
        Timeline(),
    ),
    replicas=(
        *replicas(settings, REFERENCES, blank, appliers=heartbeats(settings.service), pace=0),
        records_group(settings.service),
    ),
)

if __name__ == "__main__":
    run(PLAN)
