import type { Schemas } from "@/api/client"

/** Records as the platform shows them, valid by default. */
const WHEN = "2026-11-02T08:00:00Z"
const KEPT = { version: 1, created_at: WHEN, updated_at: WHEN, deleted_at: null, external_id: null, external_system: null }

export const ME: Schemas["Me"] = {
  id: "user-1",
  version: 1,
  email: "ada@example.com",
  name: "Ada Lovelace",
  department_id: null,
  manager_id: null,
  role_ids: [],
  locale: "en",
  time_zone: "UTC",
  fields: {},
  permissions: { "*:*": ["all"] },
}

export function makeLead(given: Partial<Schemas["LeadRead"]> = {}): Schemas["LeadRead"] {
  return {
    ...KEPT,
    id: "lead-1",
    family_name: "Hopper",
    given_name: "Grace",
    company_name: "Harvard Mark",
    email: "grace@example.com",
    phone: "•••• 1234",
    title: "Engineer",
    source: "Web",
    owner_id: "user-1",
    converted_at: null,
    account_id: null,
    contact_id: null,
    opportunity_id: null,
    erased_at: null,
    ...given,
  }
}

export const STAGES: Schemas["StageOut"][] = [
  { id: "stage-new", name: "Qualified", kind: "open", probability: "0.1" },
  { id: "stage-offer", name: "Proposal", kind: "open", probability: "0.5" },
  { id: "stage-won", name: "Won", kind: "won", probability: "1" },
  { id: "stage-lost", name: "Lost", kind: "lost", probability: "0" },
]

export const PIPELINE: Schemas["PipelineRead"] = { ...KEPT, id: "pipeline-1", name: "New business", stages: STAGES }

export function makeOpportunity(given: Partial<Schemas["OpportunityRead"]> = {}): Schemas["OpportunityRead"] {
  return {
    ...KEPT,
    id: "opportunity-1",
    name: "Compiler for the navy",
    pipeline_id: "pipeline-1",
    stage_id: "stage-new",
    stage_kind: "open",
    stage_entered_at: WHEN,
    account_id: "account-1",
    contact_id: null,
    product_id: null,
    lead_id: null,
    amount_minor: 1_200_000,
    currency: "USD",
    expected_close_date: "2026-12-01",
    closed_at: null,
    lost_reason: null,
    owner_id: "user-1",
    account_name: "Harvard Mark",
    contact_name: null,
    ...given,
  }
}

export function makeTicket(given: Partial<Schemas["TicketRead"]> = {}): Schemas["TicketRead"] {
  return {
    ...KEPT,
    id: "ticket-1",
    number: "T-1001",
    subject: "Printer on fire",
    description: "It burns.",
    channel: "phone",
    category: null,
    tier: null,
    priority: "high",
    status: "new",
    status_category: "open",
    queue_id: null,
    owner_id: null,
    account_id: null,
    contact_id: null,
    follower_ids: [],
    sla_policy_id: null,
    opened_at: WHEN,
    first_responded_at: null,
    resolved_at: null,
    closed_at: null,
    first_response_due_at: null,
    resolution_due_at: null,
    first_response_breached: null,
    resolution_breached: null,
    csat_score: null,
    reopened_count: 0,
    erased_at: null,
    account_name: "Harvard Mark",
    contact_name: null,
    queue_name: null,
    ...given,
  }
}
