import { queryOptions, useQuery } from "@tanstack/react-query"

import { api, body } from "@/api/client"
import { useMay, useMe } from "@/api/session"

const MOST = 200

const peopleOptions = queryOptions({
  queryKey: ["users", "names"],
  queryFn: async ({ signal }) => {
    const page = await body(api.GET("/api/v1/users", { params: { query: { limit: MOST } }, signal }))
    return new Map(page.items.map((user) => [user.id ?? "", user.name ?? ""]))
  },
  staleTime: 10 * 60_000,
})

/** Colleagues by id; those whom the reader may not look up stay without a name. */
export function usePeople(): { names: ReadonlyMap<string, string>; nameOf: (id: string | null | undefined) => string } {
  const me = useMe()
  const may = useMay()
  const { data } = useQuery({ ...peopleOptions, enabled: may("user:read") })
  const names = new Map(data ?? [])
  names.set(me.id, me.name)
  return { names, nameOf: (id) => (id ? (names.get(id) ?? "") : "") }
}
