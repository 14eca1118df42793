import { screen, within } from "@testing-library/react"
import { expect, test } from "vitest"

import type { Row } from "@/features/dashboard/api"
import { Dashboard } from "@/features/dashboard/dashboard"
import { currenciesOf, monthsOf, stepsOf, sumsOf } from "@/features/dashboard/figures"
import { answerWith, page } from "@/testing/network"
import { ME, PIPELINE, STAGES } from "@/testing/records"
import { renderFeature } from "@/testing/render"

const entered = [40, 20, 5, 10]
const STEPS = STAGES.map((stage, position) => ({
  stage_id: stage.id,
  pipeline_id: "pipeline-1",
  name: stage.name,
  kind: stage.kind,
  position,
  entered: entered[position] ?? 0,
  entered_amounts: [],
  moved_on: 0,
  current: 0,
  current_amounts: [],
  won: 0,
  lost: 0,
}))
const row = (given: Partial<Row>): Row => ({
  key: "2026-10",
  label: "2026-10",
  open_count: 0,
  won_count: 0,
  lost_count: 0,
  open_amounts: [],
  won_amounts: [],
  lost_amounts: [],
  stages: [],
  ...given,
})

test("the way to won has no lost in it, and each step its share of the one before", () => {
  expect(stepsOf(STEPS).map((step) => [step.stage.name, step.entered, step.conversion])).toEqual([
    ["Qualified", 40, undefined],
    ["Proposal", 20, 0.5],
    ["Won", 5, 0.25],
  ])
})

test("amounts of different currencies are never added", () => {
  const rows = [row({ won_amounts: [{ currency: "USD", amount_minor: 5 }] }), row({ won_amounts: [{ currency: "USD", amount_minor: 2 }, { currency: "CNY", amount_minor: 90 }] })]
  expect(sumsOf(rows.map((one) => one.won_amounts))).toEqual([{ currency: "USD", amount_minor: 7 }, { currency: "CNY", amount_minor: 90 }])
  expect(currenciesOf(rows)).toEqual(["CNY", "USD"])
})

test("the month before January is December", () => {
  expect(monthsOf(new Date(2026, 0, 31))).toEqual({ current: "2026-01", former: "2025-12" })
})

test("the dashboard shows tiles, the funnel with its conversion, and each chart as a table", async () => {
  answerWith({
    "GET /api/v1/auth/me": { body: ME },
    "GET /api/v1/pipelines": page([PIPELINE]),
    "GET /api/v1/metrics/funnel": { body: { as_of: null, stages: STEPS } },
    "GET /api/v1/metrics/sales-performance": {
      body: { as_of: "2026-11-02T08:00:00Z", rows: [row({ open_count: 3, won_count: 3, lost_count: 1, won_amounts: [{ currency: "USD", amount_minor: 900_000 }] })] },
    },
  })
  const { user } = renderFeature((now, change) => <Dashboard isLive search={now} onSearch={change} />)

  const figures = await screen.findByRole("region", { name: "Key figures" })
  expect(figures).toHaveTextContent("Won$9k3 opportunities")
  expect(figures).toHaveTextContent("Win rate75%3 of 4 closed")
  const funnel = await screen.findByRole("region", { name: "Sales funnel" })
  expect(within(funnel).getAllByRole("listitem").map((item) => item.textContent)).toEqual(["Qualified40", "Proposal2050%", "Won525%"])
  expect(screen.getByText("Live")).toBeVisible()

  await user.click(within(funnel).getByRole("button", { name: "Table" }))
  expect(within(funnel).getByRole("row", { name: "Lost 10 0 –" })).toBeVisible()
})
