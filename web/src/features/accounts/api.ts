import { queryOptions } from "@tanstack/react-query"

import { api, body, type Schemas } from "@/api/client"
import { listOptions, PAGE_SIZE, type Page } from "@/api/lists"
import type { ListSearch } from "@/lib/list-search"

export type Account = Schemas["AccountRead"]

export function accountsOptions(search: ListSearch, myId: string) {
  const query = {
    ...(search.q ? { "name[contains]": search.q } : {}),
    ...(search.owner === "me" ? { owner_id: myId } : {}),
    ...(search.sort ? { sort: search.sort } : {}),
  }
  return listOptions<Account>("accounts", query, async (cursor, signal) => {
    const params = { query: { ...query, limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) } }
    return (await body(api.GET("/api/v1/accounts", { params, signal }))) as Page<Account>
  })
}

export function accountOptions(id: string) {
  return queryOptions({
    queryKey: ["accounts", "one", id],
    queryFn: ({ signal }) => body(api.GET("/api/v1/accounts/{identity}", { params: { path: { identity: id } }, signal })),
  })
}

/** The first few people and opportunities of an account, for the panel beside the list. */
export function accountContactsOptions(id: string) {
  return queryOptions({
    queryKey: ["contacts", "of-account", id],
    queryFn: async ({ signal }) => {
      const page = await body(api.GET("/api/v1/contacts", { params: { query: { account_id: id, limit: 6 } }, signal }))
      return page.items as Schemas["ContactRead"][]
    },
  })
}

export function accountOpportunitiesOptions(id: string) {
  return queryOptions({
    queryKey: ["opportunities", "of-account", id],
    queryFn: async ({ signal }) => {
      const page = await body(api.GET("/api/v1/opportunities", { params: { query: { account_id: id, limit: 6 } }, signal }))
      return page.items as Schemas["OpportunityRead"][]
    },
  })
}
