import { queryOptions, useMutation, useQueryClient, type InfiniteData } from "@tanstack/react-query"

import { api, body, ifMatch, type Schemas } from "@/api/client"
import { listOptions, PAGE_SIZE, withRow, type Page } from "@/api/lists"
import type { ListSearch } from "@/lib/list-search"

export type Lead = Schemas["LeadRead"]
export type LeadCreate = Schemas["LeadCreate"]
export type Convert = Schemas["Convert"]
type LeadPages = InfiniteData<Page<Lead>, string | undefined>

export function leadsOptions(search: ListSearch, myId: string) {
  const query = {
    ...searched(search.q),
    ...(search.owner === "me" ? { owner_id: myId } : {}),
    ...(search.status === "open" ? { "converted_at[null]": true } : {}),
    ...(search.status === "converted" ? { "converted_at[null]": false } : {}),
    ...(search.sort ? { sort: search.sort } : {}),
  }
  return listOptions<Lead>("leads", query, async (cursor, signal) => {
    const params = { query: { ...query, limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) } }
    return (await body(api.GET("/api/v1/leads", { params, signal }))) as Page<Lead>
  })
}

/** An address or a number is looked up as such; any other word is part of a name. */
function searched(words: string | undefined) {
  if (!words) return {}
  if (words.includes("@")) return { email: words }
  if (/^\d{4}$/.test(words)) return { phone_last4: words }
  if (/^\+?[\d\s()-]{5,}$/.test(words)) return { phone: words }
  return { "family_name[contains]": words }
}

export function leadOptions(id: string) {
  return queryOptions({
    queryKey: ["leads", "one", id],
    queryFn: ({ signal }) => body(api.GET("/api/v1/leads/{identity}", { params: { path: { identity: id } }, signal })),
  })
}

export function useCreateLead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (lead: LeadCreate) => body(api.POST("/api/v1/leads", { body: lead, ...once() })),
    onSettled: () => client.invalidateQueries({ queryKey: ["leads"] }),
  })
}

/** Changes show at once; what the server refuses is taken back. */
export function useUpdateLead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ lead, change }: { lead: Lead; change: Schemas["LeadUpdate"] }) => {
      const params = { path: { identity: lead.id }, header: ifMatch(lead.version) }
      return body(api.PATCH("/api/v1/leads/{identity}", { params, body: change }))
    },
    onMutate: async ({ lead, change }) => {
      await client.cancelQueries({ queryKey: ["leads"] })
      const before = client.getQueriesData({ queryKey: ["leads"] })
      const next = { ...lead, ...change } as Lead
      client.setQueryData(leadOptions(lead.id).queryKey, next)
      client.setQueriesData<LeadPages>({ queryKey: ["leads", "list"] }, (data) => withRow(data, lead.id, () => next))
      return { before }
    },
    onError: (_error, _given, kept) => {
      for (const [key, data] of kept?.before ?? []) client.setQueryData(key, data)
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["leads"] }),
  })
}

export function useConvertLead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, convert }: { id: string; convert: Convert }) => {
      const params = { path: { identity: id }, ...once().params }
      return body(api.POST("/api/v1/leads/{identity}/convert", { params, body: convert }))
    },
    onSettled: () =>
      Promise.all(["leads", "accounts", "contacts", "opportunities", "metrics"].map((first) => client.invalidateQueries({ queryKey: [first] }))),
  })
}

export function useRevealPhone() {
  return useMutation({
    mutationFn: (id: string) => body(api.POST("/api/v1/leads/{identity}/reveal", { params: { path: { identity: id } } })),
  })
}

/** A request that is sent again after a lost answer must not make a second record. */
function once() {
  return { params: { header: { "Idempotency-Key": crypto.randomUUID() } } }
}

export function pipelinesOptions() {
  return queryOptions({
    queryKey: ["pipelines"],
    queryFn: async ({ signal }) => (await body(api.GET("/api/v1/pipelines", { params: { query: { limit: 200 } }, signal }))).items as Schemas["PipelineRead"][],
    staleTime: 60_000,
  })
}

/** Accounts whose name begins like the lead's company: what a conversion may join instead of doubling. */
export function matchingAccountsOptions(name: string) {
  return queryOptions({
    queryKey: ["accounts", "like", name],
    queryFn: async ({ signal }) => {
      const query = { "name[contains]": name, limit: 5 }
      const page = await body(api.GET("/api/v1/accounts", { params: { query }, signal }))
      return page.items as Schemas["AccountRead"][]
    },
    enabled: name.length > 1,
  })
}

export function matchingContactsOptions(email: string) {
  return queryOptions({
    queryKey: ["contacts", "like", email],
    queryFn: async ({ signal }) => {
      const page = await body(api.GET("/api/v1/contacts", { params: { query: { email, limit: 5 } }, signal }))
      return page.items as Schemas["ContactRead"][]
    },
    enabled: email.includes("@"),
  })
}
