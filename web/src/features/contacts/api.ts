import { queryOptions, useMutation } from "@tanstack/react-query"

import { api, body, type Schemas } from "@/api/client"
import { listOptions, PAGE_SIZE, type Page } from "@/api/lists"
import type { ListSearch } from "@/lib/list-search"

export type Contact = Schemas["ContactRead"]

export function contactsOptions(search: ListSearch, myId: string) {
  const query = {
    ...searched(search.q),
    ...(search.owner === "me" ? { owner_id: myId } : {}),
    ...(search.sort ? { sort: search.sort } : {}),
  }
  return listOptions<Contact>("contacts", query, async (cursor, signal) => {
    const params = { query: { ...query, limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) } }
    return (await body(api.GET("/api/v1/contacts", { params, signal }))) as Page<Contact>
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

export function contactOptions(id: string) {
  return queryOptions({
    queryKey: ["contacts", "one", id],
    queryFn: ({ signal }) => body(api.GET("/api/v1/contacts/{identity}", { params: { path: { identity: id } }, signal })),
  })
}

export function accountNameOptions(id: string | null) {
  return queryOptions({
    queryKey: ["accounts", "one", id],
    queryFn: ({ signal }) => body(api.GET("/api/v1/accounts/{identity}", { params: { path: { identity: id ?? "" } }, signal })),
    enabled: id !== null,
  })
}

export function useRevealPhone() {
  return useMutation({
    mutationFn: (id: string) => body(api.POST("/api/v1/contacts/{identity}/reveal", { params: { path: { identity: id } } })),
  })
}
