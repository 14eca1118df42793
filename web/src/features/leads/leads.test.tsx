import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import { LeadList } from "@/features/leads/lead-list"
import { answerWith, page, problem, requestsTo } from "@/testing/network"
import { ME, PIPELINE, makeLead } from "@/testing/records"
import { renderFeature } from "@/testing/render"

const COMMON = {
  "GET /api/v1/auth/me": { body: ME },
  "GET /api/v1/users": page([]),
  "GET /api/v1/leads": page([makeLead(), makeLead({ id: "lead-2", family_name: "王", given_name: "小明", company_name: "华泰" })]),
  "GET /api/v1/leads/lead-1": { body: makeLead() },
}

const show = (search = {}) => renderFeature((now, change) => <LeadList search={now} onSearch={change} />, search)

describe("the list", () => {
  test("shows people by name, with their company and status", async () => {
    answerWith(COMMON)
    show()

    const row = await screen.findByRole("row", { name: /Grace Hopper/ })
    expect(within(row).getByText("Harvard Mark")).toBeVisible()
    expect(within(row).getByText("Open")).toBeVisible()
    expect(screen.getByRole("row", { name: /王小明/ })).toBeVisible()
    expect(screen.getByText("2")).toBeVisible()
  })

  test("asks the server to search, filter and sort", async () => {
    answerWith(COMMON)
    const { user } = show({ owner: "me" })

    await user.type(await screen.findByRole("searchbox"), "hop")
    await user.click(await screen.findByRole("button", { name: "Name" }))

    await waitFor(() => {
      const last = new URL(requestsTo("GET", "/api/v1/leads").at(-1)?.url ?? "")
      expect(Object.fromEntries(last.searchParams)).toEqual({ "family_name[contains]": "hop", owner_id: "user-1", sort: "family_name", limit: "50" })
    })
    expect(screen.getByText("Owner is me")).toBeVisible()
  })

  test("says what goes there when it is empty", async () => {
    answerWith({ ...COMMON, "GET /api/v1/leads": page([]) })
    show()
    expect(await screen.findByRole("heading", { name: "No leads yet" })).toBeVisible()
  })

  test("says why it failed, with the trace id, and tries again", async () => {
    let fails = true
    const failure = problem(400, "bad-filter", "The filter is not valid", { trace_id: "abc123" })
    answerWith({ ...COMMON, "GET /api/v1/leads": () => (fails ? failure : page([makeLead()])) })
    const { user } = show()

    expect(await screen.findByText("The filter is not valid")).toBeVisible()
    expect(screen.getByText("abc123")).toBeVisible()
    fails = false
    await user.click(screen.getByRole("button", { name: "Try again" }))

    expect(await screen.findByRole("row", { name: /Grace Hopper/ })).toBeVisible()
  })

  test("tells who may not see it", async () => {
    answerWith({ ...COMMON, "GET /api/v1/leads": problem(403, "forbidden", "This is not allowed") })
    show()
    expect(await screen.findByRole("heading", { name: "You may not see this" })).toBeVisible()
  })
})

describe("creating", () => {
  test("sends what was filled in and opens what was made", async () => {
    answerWith({ ...COMMON, "POST /api/v1/leads": { status: 201, body: { ...makeLead(), possible_duplicates: [] } } })
    const { user } = show()

    await user.click(await screen.findByRole("button", { name: "New lead" }))
    await user.click(screen.getByRole("button", { name: "Create lead" }))
    expect(await screen.findByText("Please fill this in")).toBeVisible()
    await user.type(screen.getByLabelText("Family name"), "Hopper")
    await user.type(screen.getByLabelText("Company"), "Harvard Mark")
    await user.click(screen.getByRole("button", { name: "Create lead" }))

    expect(await screen.findByRole("complementary", { name: "Lead" })).toBeVisible()
    const [request] = requestsTo("POST", "/api/v1/leads")
    expect(await request?.json()).toMatchObject({ family_name: "Hopper", company_name: "Harvard Mark", email: null })
    expect(request?.headers.get("Idempotency-Key")).toBeTruthy()
  })

  test("shows the server's word at the field it is about", async () => {
    const refused = problem(422, "malformed", "The payload is malformed", { errors: [{ pointer: "/phone", code: "bad-format", message: "has the wrong format" }] })
    answerWith({ ...COMMON, "POST /api/v1/leads": refused })
    const { user } = show()

    await user.click(await screen.findByRole("button", { name: "New lead" }))
    await user.type(screen.getByLabelText("Family name"), "Hopper")
    await user.type(screen.getByLabelText("Phone"), "x")
    await user.click(screen.getByRole("button", { name: "Create lead" }))

    expect(await screen.findByText("has the wrong format")).toBeVisible()
    expect(screen.getByLabelText("Phone")).toBeInvalid()
  })
})

test("an edit that came too late shows both versions and saves onto the newer one", async () => {
  let stored = makeLead()
  answerWith({
    ...COMMON,
    "GET /api/v1/leads/lead-1": () => ({ body: stored }),
    "PATCH /api/v1/leads/lead-1": (request) => {
      if (request.headers.get("If-Match") === '"2"') return { body: { ...stored, version: 3, title: "Admiral" } }
      stored = makeLead({ version: 2, title: "Captain" })
      return problem(412, "stale-version", "The record has changed meanwhile")
    },
  })
  const { user } = show({ open: "lead-1" })

  await user.click(await screen.findByRole("button", { name: "Edit" }))
  await user.clear(screen.getByLabelText("Job title"))
  await user.type(screen.getByLabelText("Job title"), "Admiral")
  await user.click(screen.getByRole("button", { name: "Save" }))

  const dialog = await screen.findByRole("dialog", { name: "Somebody was faster" })
  const row = within(dialog).getByRole("row", { name: /Job title/ })
  expect(row).toHaveTextContent("AdmiralCaptain")
  await user.click(within(dialog).getByRole("button", { name: "Save mine" }))
  await waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull() })
})

describe("converting", () => {
  const CONVERTING = {
    ...COMMON,
    "GET /api/v1/pipelines": page([PIPELINE]),
    "GET /api/v1/accounts": page([{ id: "account-9", name: "Harvard Mark Ltd", industry: "Navy", country: "US" }]),
    "GET /api/v1/contacts": page([]),
  }
  const made = { lead_id: "lead-1", account_id: "account-9", contact_id: "contact-9", opportunity_id: "opportunity-9" }

  test("says what will happen, joins a known account, and links to what came of it", async () => {
    answerWith({ ...CONVERTING, "POST /api/v1/leads/lead-1/convert": { body: made } })
    const { user } = show({ open: "lead-1" })

    await user.click(await screen.findByRole("button", { name: "Convert" }))
    const dialog = await screen.findByRole("dialog", { name: "Convert Grace Hopper" })
    expect(within(dialog).getByText("New contact “Grace Hopper”")).toBeVisible()
    await user.click(await within(dialog).findByLabelText(/Join “Harvard Mark Ltd”/))
    await user.type(within(dialog).getByLabelText("Amount"), "12,500")
    await user.click(within(dialog).getByRole("button", { name: "Convert lead" }))

    expect(await screen.findByRole("dialog", { name: "Grace Hopper is converted" })).toBeVisible()
    expect(screen.getByRole("link", { name: "Open the account" })).toHaveAttribute("href", expect.stringContaining("account-9"))
    const [request] = requestsTo("POST", "/api/v1/leads/lead-1/convert")
    expect(await request?.json()).toMatchObject({
      account_id: "account-9",
      contact_id: null,
      opportunity: { name: "Harvard Mark", pipeline_id: "pipeline-1", amount_minor: 1_250_000, currency: "USD" },
    })
  })

  test("shows why it was refused and keeps what was chosen", async () => {
    answerWith({ ...CONVERTING, "POST /api/v1/leads/lead-1/convert": problem(409, "already-converted", "The lead is converted already") })
    const { user } = show({ open: "lead-1" })

    await user.click(await screen.findByRole("button", { name: "Convert" }))
    await user.type(await screen.findByLabelText("Amount"), "7")
    await user.click(screen.getByRole("button", { name: "Convert lead" }))

    expect(await screen.findByRole("alert")).toHaveTextContent("The lead is converted already")
    expect(screen.getByLabelText("Amount")).toHaveValue("7")
  })
})
