import { screen } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import { ME, makeLead } from "@/testing/records"
import { answerWith, page, problem, requestsTo } from "@/testing/network"
import { renderApp } from "@/testing/render"

const SIGNED_OUT = problem(401, "unauthenticated", "Sign in first")

describe("signing in", () => {
  test("leads back to the page that was asked for", async () => {
    let isIn = false
    answerWith({
      "GET /api/v1/auth/me": () => (isIn ? { body: ME } : SIGNED_OUT),
      "POST /api/v1/auth/web/sign-in": () => {
        isIn = true
        return { body: { user_id: ME.id, expires_at: "2027-01-01T00:00:00Z" } }
      },
      "GET /api/v1/leads": page([makeLead()]),
      "GET /api/v1/users": page([]),
    })
    const { user, router } = renderApp("/leads?owner=me")

    await user.type(await screen.findByLabelText("E-mail"), "ada@example.com")
    await user.type(screen.getByLabelText("Password"), "correct horse")
    await user.click(screen.getByRole("button", { name: "Sign in" }))

    expect(await screen.findByRole("heading", { name: "Leads" })).toBeVisible()
    expect(router.state.location.href).toBe("/leads?owner=me")
    const [request] = requestsTo("POST", "/api/v1/auth/web/sign-in")
    expect(await request?.json()).toEqual({ email: "ada@example.com", password: "correct horse" })
  })

  test("asks for a code once the password is right, and only of whoever has a second factor", async () => {
    let isIn = false
    answerWith({
      "GET /api/v1/auth/me": () => (isIn ? { body: ME } : SIGNED_OUT),
      "POST /api/v1/auth/web/sign-in": async (request) => {
        const { code } = (await request.json()) as { code?: string }
        if (!code) return problem(401, "code-required", "Give the code too")
        if (code !== "123456") return problem(401, "wrong-code", "The code is wrong or was used before")
        isIn = true
        return { body: { user_id: ME.id, expires_at: "2027-01-01T00:00:00Z" } }
      },
      "GET /api/v1/leads": page([makeLead()]),
      "GET /api/v1/users": page([]),
    })
    const { user } = renderApp("/leads?owner=me")

    await user.type(await screen.findByLabelText("E-mail"), "ada@example.com")
    await user.type(screen.getByLabelText("Password"), "correct horse")
    expect(screen.queryByLabelText("Code")).toBeNull()
    await user.click(screen.getByRole("button", { name: "Sign in" }))

    await user.type(await screen.findByLabelText("Code"), "000000")
    expect(screen.queryByRole("alert")).toBeNull()
    await user.click(screen.getByRole("button", { name: "Sign in" }))
    expect(await screen.findByText("The code is wrong or was used before")).toBeVisible()
    await user.clear(screen.getByLabelText("Code"))
    await user.type(screen.getByLabelText("Code"), "123456")
    await user.click(screen.getByRole("button", { name: "Sign in" }))

    expect(await screen.findByRole("heading", { name: "Leads" })).toBeVisible()
  })

  test("says what is wrong with the login, and asks for what is missing", async () => {
    answerWith({
      "GET /api/v1/auth/me": SIGNED_OUT,
      "POST /api/v1/auth/web/sign-in": problem(401, "bad-credentials", "Wrong"),
    })
    const { user } = renderApp("/")

    await user.click(await screen.findByRole("button", { name: "Sign in" }))
    expect(await screen.findAllByText("Please fill this in")).toHaveLength(2)
    await user.type(screen.getByLabelText("E-mail"), "ada@example.com")
    await user.type(screen.getByLabelText("Password"), "wrong")
    await user.click(screen.getByRole("button", { name: "Sign in" }))

    expect(await screen.findByText("The e-mail address or the password is wrong")).toBeVisible()
  })
})

describe("a forgotten password", () => {
  test("has a link mailed, and says the same whoever the address belongs to", async () => {
    answerWith({ "GET /api/v1/auth/me": SIGNED_OUT, "POST /api/v1/auth/password-reset": { status: 204 } })
    const { user } = renderApp("/sign-in")

    await user.click(await screen.findByRole("link", { name: "Forgot your password?" }))
    await user.type(await screen.findByLabelText("E-mail"), "ada@example.com")
    await user.click(screen.getByRole("button", { name: "Send the link" }))

    expect(await screen.findByRole("status")).toHaveTextContent("If somebody signs in with this address")
    const [request] = requestsTo("POST", "/api/v1/auth/password-reset")
    expect(await request?.json()).toEqual({ email: "ada@example.com" })
  })

  test("is set anew by the link, whose token no address shows to a server", async () => {
    answerWith({ "POST /api/v1/auth/password-reset/confirm": { status: 204 } })
    const { user } = renderApp("/reset-password#the-token")

    await user.type(await screen.findByLabelText("New password"), "correct horse battery")
    await user.click(screen.getByRole("button", { name: "Save the password" }))

    expect(await screen.findByRole("status")).toHaveTextContent("Your password is saved")
    const [request] = requestsTo("POST", "/api/v1/auth/password-reset/confirm")
    expect(await request?.json()).toEqual({ token: "the-token", password: "correct horse battery" })
  })

  test("asks for a new link where the old one opens nothing any more", async () => {
    answerWith({ "POST /api/v1/auth/password-reset/confirm": problem(409, "link-ended", "The link is not valid any more") })
    const { user } = renderApp("/reset-password#used")

    await user.type(await screen.findByLabelText("New password"), "correct horse battery")
    await user.click(screen.getByRole("button", { name: "Save the password" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("The link is not valid any more")
    await user.click(screen.getByRole("link", { name: "Ask for a new link" }))

    expect(await screen.findByRole("button", { name: "Send the link" })).toBeVisible()
  })
})

test("the rail holds what the role may see, and nothing else", async () => {
  answerWith({
    "GET /api/v1/auth/me": { body: { ...ME, permissions: { "lead:read": ["own"], "account:read": ["own"] } } },
    "GET /api/v1/leads": page([]),
  })
  renderApp("/leads")

  const [rail] = await screen.findAllByRole("navigation", { name: "Main" })
  const links = [...(rail?.querySelectorAll("a") ?? [])].map((link) => link.getAttribute("aria-label"))
  expect(links).toEqual(["Leads", "Accounts"])
})

test("the language changes at once", async () => {
  answerWith({ "GET /api/v1/auth/me": SIGNED_OUT })
  const { user } = renderApp("/sign-in")

  await user.click(await screen.findByRole("button", { name: "中文" }))

  expect(screen.getByRole("heading", { name: "登录 Plexus" })).toBeVisible()
  expect(document.documentElement.lang).toBe("zh-CN")
  await user.click(screen.getByRole("button", { name: "English" }))
})

describe("the language of a user", () => {
  const signedIn = { "GET /api/v1/auth/me": { body: { ...ME, locale: "zh" } }, "GET /api/v1/leads": page([]), "GET /api/v1/users": page([]) }

  test("is taken from his settings", async () => {
    answerWith(signedIn)
    renderApp("/leads")

    expect(await screen.findByRole("heading", { name: "线索" })).toBeVisible()
  })

  test("stays what was chosen by hand in this browser", async () => {
    localStorage.setItem("plexus.language", "en")
    answerWith(signedIn)
    renderApp("/leads")

    expect(await screen.findByRole("heading", { name: "Leads" })).toBeVisible()
  })
})

describe("an invitation", () => {
  test("lets a new user choose his password", async () => {
    answerWith({ "POST /api/v1/auth/password-reset/confirm": { status: 204 } })
    const { user } = renderApp("/accept-invitation#the-token")

    expect(await screen.findByRole("heading", { name: "Welcome to Plexus" })).toBeVisible()
    await user.type(screen.getByLabelText("New password"), "correct horse battery")
    await user.click(screen.getByRole("button", { name: "Save the password" }))

    expect(await screen.findByRole("status")).toHaveTextContent("Your password is saved")
    const [request] = requestsTo("POST", "/api/v1/auth/password-reset/confirm")
    expect(await request?.json()).toEqual({ token: "the-token", password: "correct horse battery" })
  })

  test("says whom to ask when the link has ended", async () => {
    answerWith({ "POST /api/v1/auth/password-reset/confirm": problem(409, "link-ended", "The link is not valid any more") })
    const { user } = renderApp("/accept-invitation#old")

    await user.type(await screen.findByLabelText("New password"), "correct horse battery")
    await user.click(screen.getByRole("button", { name: "Save the password" }))

    expect(await screen.findByText("Ask your administrator for another invitation.")).toBeVisible()
  })
})
