import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query"

import { api, body, type Schemas } from "@/api/client"
import { listOptions, PAGE_SIZE, type Page } from "@/api/lists"
import type { ListSearch } from "@/lib/list-search"

export type Ticket = Schemas["TicketRead"]
export type TicketMessage = Schemas["TicketMessageRead"]
export type TicketCreate = Schemas["TicketCreate"]

export function ticketsOptions(search: ListSearch, myId: string) {
  const query = {
    ...searched(search.q),
    ...(search.owner === "me" ? { owner_id: myId } : {}),
    ...(search.owner === "none" ? { "owner_id[null]": true } : {}),
    ...(search.status ? { status_category: search.status } : {}),
    ...(search.sort ? { sort: search.sort } : {}),
  }
  return listOptions<Ticket>("tickets", query, async (cursor, signal) => {
    const params = { query: { ...query, limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) } }
    return (await body(api.GET("/api/v1/tickets", { params, signal }))) as Page<Ticket>
  })
}

function searched(words: string | undefined) {
  if (!words) return {}
  return /^[A-Z]*-?\d+$/i.test(words) ? { "number[contains]": words } : { "subject[contains]": words }
}

export function ticketOptions(id: string) {
  return queryOptions({
    queryKey: ["tickets", "one", id],
    queryFn: ({ signal }) => body(api.GET("/api/v1/tickets/{identity}", { params: { path: { identity: id } }, signal })),
  })
}

export function messagesOptions(id: string) {
  return queryOptions({
    queryKey: ["tickets", "messages", id],
    queryFn: async ({ signal }) => {
      const params = { path: { identity: id }, query: { limit: 200 } }
      const page = await body(api.GET("/api/v1/tickets/{identity}/messages", { params, signal }))
      const messages = page.items as TicketMessage[]
      return messages.toSorted((a, b) => a.posted_at.localeCompare(b.posted_at))
    },
  })
}

export function useCreateTicket() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (ticket: TicketCreate) => body(api.POST("/api/v1/tickets", { body: ticket, params: { header: once() } })),
    onSettled: () => refresh(client),
  })
}

/** A reply goes to the customer, a note stays with us; either shows at once. */
export function usePostMessage(ticketId: string, authorId: string) {
  const client = useQueryClient()
  const { queryKey } = messagesOptions(ticketId)
  return useMutation({
    mutationFn: (given: { kind: "reply" | "note"; body: string }) => {
      const params = { path: { identity: ticketId }, header: once() }
      return body(api.POST("/api/v1/tickets/{identity}/messages", { params, body: given }))
    },
    onMutate: async (given) => {
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData(queryKey)
      const now = new Date().toISOString()
      const made: TicketMessage = {
        ...given,
        id: `new-${now}`,
        version: 0,
        ticket_id: ticketId,
        author_id: authorId,
        contact_id: null,
        mail_status: null,
        posted_at: now,
        created_at: now,
        updated_at: now,
        erased_at: null,
      }
      client.setQueryData(queryKey, (messages) => [...(messages ?? []), made])
      return { before }
    },
    onError: (_refusal, _given, kept) => { client.setQueryData(queryKey, kept?.before) },
    onSettled: () => refresh(client),
  })
}

export const VERBS = ["wait", "resume", "resolve", "close", "reopen"] as const
export type Verb = (typeof VERBS)[number]

const AFTER: Record<Verb, Partial<Ticket>> = {
  wait: { status: "waiting-for-customer", status_category: "waiting" },
  resume: { status: "in-progress", status_category: "open" },
  resolve: { status: "resolved", status_category: "resolved" },
  close: { status: "closed", status_category: "closed" },
  reopen: { status: "in-progress", status_category: "open" },
}

function sendVerb(id: string, verb: Verb): Promise<Ticket> {
  const given = { params: { path: { identity: id }, header: once() }, body: {} }
  if (verb === "wait") return body(api.POST("/api/v1/tickets/{identity}/wait", { ...given, body: { status: "waiting-for-customer" } }))
  if (verb === "resume") return body(api.POST("/api/v1/tickets/{identity}/resume", given))
  if (verb === "resolve") return body(api.POST("/api/v1/tickets/{identity}/resolve", given))
  if (verb === "close") return body(api.POST("/api/v1/tickets/{identity}/close", given))
  return body(api.POST("/api/v1/tickets/{identity}/reopen", given))
}

/** The new status shows at once; what the server refuses is taken back. */
export function useTicketVerb(id: string) {
  const client = useQueryClient()
  const { queryKey } = ticketOptions(id)
  return useMutation({
    mutationFn: (verb: Verb) => sendVerb(id, verb),
    onMutate: async (verb) => {
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData(queryKey)
      client.setQueryData(queryKey, (ticket) => ticket && { ...ticket, ...AFTER[verb] })
      return { before }
    },
    onError: (_refusal, _verb, kept) => { client.setQueryData(queryKey, kept?.before) },
    onSettled: () => refresh(client),
  })
}

export function useAssign(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (ownerId: string | null) => {
      const params = { path: { identity: id }, header: once() }
      return body(api.POST("/api/v1/tickets/{identity}/assign", { params, body: { owner_id: ownerId } }))
    },
    onSettled: () => refresh(client),
  })
}

function refresh(client: QueryClient) {
  return client.invalidateQueries({ queryKey: ["tickets"] })
}

function once() {
  return { "Idempotency-Key": crypto.randomUUID() }
}
