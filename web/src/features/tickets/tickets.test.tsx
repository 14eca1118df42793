import { screen, within } from "@testing-library/react"
import { describe, expect, test, vi } from "vitest"

import { SlaClock } from "@/features/tickets/ticket-marks"
import { TicketList } from "@/features/tickets/ticket-list"
import { answerWith, page, problem, requestsTo } from "@/testing/network"
import { ME, makeTicket } from "@/testing/records"
import { renderFeature } from "@/testing/render"

const show = (search = {}) => renderFeature((now, change) => <TicketList search={now} onSearch={change} />, search)

/** The platform's side of one ticket. */
function platform(refusal?: ReturnType<typeof problem>) {
  let ticket = makeTicket()
  const verb = (status: string) => () => {
    if (refusal) return refusal
    ticket = { ...ticket, status, status_category: status }
    return { body: ticket }
  }
  answerWith({
    "GET /api/v1/auth/me": { body: ME },
    "GET /api/v1/users": page([]),
    "GET /api/v1/tickets": () => page([ticket]),
    "GET /api/v1/tickets/ticket-1": () => ({ body: ticket }),
    "GET /api/v1/tickets/ticket-1/messages": page([]),
    "POST /api/v1/tickets/ticket-1/close": verb("closed"),
    "POST /api/v1/tickets/ticket-1/messages": () => refusal ?? new Promise(() => undefined),
  })
}

describe("the list", () => {
  test("names each ticket, its status and its priority", async () => {
    platform()
    show()

    const row = await screen.findByRole("row", { name: /Printer on fire/ })
    expect(within(row).getByText("T-1001")).toBeVisible()
    expect(within(row).getByText("New")).toBeVisible()
    expect(within(row).getByText("High")).toBeVisible()
  })
})

describe("the ticket", () => {
  test("is closed at once", async () => {
    platform()
    const { user } = show({ open: "ticket-1" })
    const panel = await screen.findByRole("complementary", { name: "Ticket" })

    await user.click(await within(panel).findByRole("button", { name: "Close ticket" }))

    expect(await within(panel).findByText("Closed")).toBeVisible()
    expect(await within(panel).findByRole("button", { name: "Reopen" })).toBeVisible()
    expect(requestsTo("POST", "/api/v1/tickets/ticket-1/close")).toHaveLength(1)
  })

  test("stays as it was when the server refuses", async () => {
    platform(problem(409, "illegal-transition", "The record does not allow this now"))
    const { user } = show({ open: "ticket-1" })
    const panel = await screen.findByRole("complementary", { name: "Ticket" })

    await user.click(await within(panel).findByRole("button", { name: "Close ticket" }))

    expect(await screen.findByText("The record does not allow this now")).toBeVisible()
    expect(await within(panel).findByRole("button", { name: "Close ticket" })).toBeVisible()
  })

  test("shows a reply before the server has answered", async () => {
    platform()
    const { user } = show({ open: "ticket-1" })

    await user.type(await screen.findByRole("textbox", { name: "Reply" }), "Step back from it.")
    await user.click(screen.getByRole("button", { name: "Send reply" }))

    const talk = screen.getByRole("region", { name: "Conversation" })
    expect(await within(talk).findByText("Step back from it.")).toBeVisible()
    const [request] = requestsTo("POST", "/api/v1/tickets/ticket-1/messages")
    expect(await request?.json()).toEqual({ kind: "reply", body: "Step back from it." })
  })

  test("gives a refused reply back to its writer", async () => {
    platform(problem(409, "ticket-not-open", "The ticket is not open"))
    const { user } = show({ open: "ticket-1" })

    await user.type(await screen.findByRole("textbox", { name: "Reply" }), "Too late")
    await user.click(screen.getByRole("button", { name: "Send reply" }))

    expect(await screen.findByText("The ticket is not open")).toBeVisible()
    expect(screen.getByRole("textbox", { name: "Reply" })).toHaveValue("Too late")
  })
})

describe("the clock", () => {
  const NOW = Date.parse("2026-11-02T10:00:00Z")
  test.each([
    ["2026-11-02T13:20:00Z", null, false, false, "3 h 20 min left"],
    ["2026-11-02T10:30:00Z", null, false, false, "30 min left"],
    ["2026-11-02T09:45:00Z", null, true, false, "15 min late"],
    ["2026-11-02T13:20:00Z", null, false, true, "Paused"],
    ["2026-11-02T09:45:00Z", "2026-11-02T09:40:00Z", false, false, "Met"],
    ["2026-11-02T09:45:00Z", "2026-11-02T09:50:00Z", true, false, "Missed"],
  ])("due %s, done %s, breached %s, paused %s reads %s", async (due, doneAt, breached, paused, text) => {
    vi.spyOn(Date, "now").mockReturnValue(NOW)
    answerWith({})
    renderFeature(() => <SlaClock since="2026-11-02T08:00:00Z" due={due} doneAt={doneAt} breached={breached} paused={paused} />)
    expect(await screen.findByText(text)).toBeVisible()
  })
})
