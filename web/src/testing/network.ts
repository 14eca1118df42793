import { vi } from "vitest"

/** The network as a table: "GET /api/v1/leads" → an answer, or what makes one of the request. */
type Answer = { status?: number; body?: unknown }
type Reply = Answer | ((request: Request) => Answer | Promise<Answer>)

const asked: Request[] = []

export function forgetRequests(): void {
  asked.length = 0
  vi.unstubAllGlobals()
}

/** Answers in the platform's place; what the table does not name is refused as not found. */
export function answerWith(table: Record<string, Reply>): void {
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request.clone())
    const { pathname } = new URL(request.url)
    const reply = table[`${request.method} ${pathname}`]
    const answer = typeof reply === "function" ? await reply(request) : (reply ?? problem(404, "not-found", "Nothing was found here"))
    const type = (answer.status ?? 200) >= 400 ? "application/problem+json" : "application/json"
    const text = answer.body === undefined ? null : JSON.stringify(answer.body)
    return new Response(text, { status: answer.status ?? 200, headers: { "Content-Type": type } })
  })
}

export function problem(status: number, slug: string, title: string, more: Record<string, unknown> = {}): Answer {
  return { status, body: { type: `https://plexus-crm.org/problems/${slug}`, title, status, ...more } }
}

export function page(items: readonly unknown[], next: string | null = null): Answer {
  return { body: { items, next_cursor: next, total: { count: items.length, capped: false } } }
}

/** What was asked of one route so far. */
export function requestsTo(method: string, path: string): Request[] {
  return asked.filter((request) => request.method === method && new URL(request.url).pathname === path)
}
