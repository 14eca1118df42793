"""The API process of ticketing."""

from libs.platform.access.collaborators_api import collaborators
from libs.platform.app import create_app
from services.ticketing.calendars.api import router as calendars
from services.ticketing.queues.api import router as queues
from services.ticketing.settings import Settings
from services.ticketing.sla_policies.api import router as sla_policies
from services.ticketing.surveys.api import links
from services.ticketing.surveys.api import router as surveys
from services.ticketing.ticket_messages.api import router as ticket_messages
from services.ticketing.tickets.api import router as tickets
from services.ticketing.tickets.queries import in_my_queues

ROUTERS = [calendars, sla_policies, queues, tickets, ticket_messages, surveys, links]
ticket_collaborators = collaborators("/tickets", "ticket", in_my_queues)

app = create_app(Settings(), __package__, [*ROUTERS, ticket_collaborators])
