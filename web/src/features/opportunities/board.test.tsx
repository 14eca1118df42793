import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import { BoardPage } from "@/features/opportunities/board-page"
import { answerWith, page, problem, requestsTo } from "@/testing/network"
import { ME, PIPELINE, STAGES, makeOpportunity } from "@/testing/records"
import { renderFeature } from "@/testing/render"

const usd = (amount_minor: number) => [{ currency: "USD", amount_minor }]
const FUNNEL = {
  as_of: "2026-11-02T08:00:00Z",
  stages: STAGES.map((stage, position) => ({
    stage_id: stage.id,
    pipeline_id: "pipeline-1",
    name: stage.name,
    kind: stage.kind,
    position,
    current: position === 0 ? 1 : 0,
    current_amounts: position === 0 ? usd(1_200_000) : [],
  })),
}
const CARD = makeOpportunity()

/** The platform's side of the board: what stands where, and what a move does to it. */
function platform(refusal?: ReturnType<typeof problem>) {
  let card = CARD
  const move = (stageId: string, more = {}) => () => {
    if (refusal) return refusal
    const stage = STAGES.find((one) => one.id === stageId)
    card = { ...card, stage_id: stageId, stage_kind: stage?.kind ?? "open", version: card.version + 1, ...more }
    return { body: card }
  }
  answerWith({
    "GET /api/v1/auth/me": { body: ME },
    "GET /api/v1/users": page([]),
    "GET /api/v1/pipelines": page([PIPELINE]),
    "GET /api/v1/metrics/funnel": { body: FUNNEL },
    "GET /api/v1/opportunities": (request) => page(new URL(request.url).searchParams.get("stage_id") === card.stage_id ? [card] : []),
    "POST /api/v1/opportunities/opportunity-1/advance": move("stage-offer"),
    "POST /api/v1/opportunities/opportunity-1/win": move("stage-won"),
    "POST /api/v1/opportunities/opportunity-1/lose": move("stage-lost"),
  })
}

const show = () => renderFeature((now, change) => <BoardPage search={now} onSearch={change} />)
const column = (name: string) => screen.getByRole("region", { name })

async function moveTo(user: ReturnType<typeof show>["user"], stage: string) {
  const menu = await screen.findByRole("button", { name: "Move Compiler for the navy" })
  menu.focus()
  await user.keyboard("{Enter}")
  const item = await screen.findByRole("menuitem", { name: `To ${stage}` })
  item.focus()
  await user.keyboard("{Enter}")
}

describe("the board", () => {
  test("has a column per stage, with its count and its sum", async () => {
    platform()
    show()

    expect(await within(await screen.findByRole("region", { name: "Qualified" })).findByText("Compiler for the navy")).toBeVisible()
    await waitFor(() => { expect(column("Qualified")).toHaveTextContent("1$12k") })
    expect(within(column("Won")).getByText("Drop a card here")).toBeVisible()
  })

  test("moves a card at once, in its sums too", async () => {
    platform()
    const { user } = show()

    await moveTo(user, "Proposal")

    expect(await within(column("Proposal")).findByText("Compiler for the navy")).toBeVisible()
    expect(column("Proposal")).toHaveTextContent("1$12k")
    expect(within(column("Qualified")).queryByText("Compiler for the navy")).toBeNull()
    expect(await screen.findByText("Compiler for the navy moved to Proposal")).toBeVisible()
    const [request] = requestsTo("POST", "/api/v1/opportunities/opportunity-1/advance")
    expect(await request?.json()).toEqual({ stage_id: "stage-offer" })
  })

  test("takes a refused move back and says why", async () => {
    platform(problem(409, "illegal-transition", "The record does not allow this now"))
    const { user } = show()

    await moveTo(user, "Won")

    expect(await screen.findByText("The record does not allow this now")).toBeVisible()
    expect(await within(column("Qualified")).findByText("Compiler for the navy")).toBeVisible()
    expect(within(column("Won")).queryByText("Compiler for the navy")).toBeNull()
  })

  test("asks why an opportunity was lost, and does nothing without a reason", async () => {
    platform()
    const { user } = show()

    await moveTo(user, "Lost")
    const dialog = await screen.findByRole("dialog", { name: "Why was it lost?" })
    await user.click(within(dialog).getByRole("button", { name: "Mark as lost" }))
    expect(within(dialog).getByText("Please fill this in")).toBeVisible()
    expect(requestsTo("POST", "/api/v1/opportunities/opportunity-1/lose")).toHaveLength(0)
    await user.click(within(dialog).getByRole("button", { name: "Price" }))
    await user.click(within(dialog).getByRole("button", { name: "Mark as lost" }))

    expect(await within(column("Lost")).findByText("Compiler for the navy")).toBeVisible()
    const [request] = requestsTo("POST", "/api/v1/opportunities/opportunity-1/lose")
    expect(await request?.json()).toEqual({ reason: "Price" })
  })
})
