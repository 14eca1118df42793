import { useNavigate, useSearch } from "@tanstack/react-router"
import { useCallback } from "react"

import { parseListSearch, type ChangeSearch, type ListSearch } from "@/lib/list-search"

/** The state of a list lives in the address, so that a link shows what its sender saw. */
export function useListSearch(): [ListSearch, ChangeSearch] {
  const search: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const change = useCallback<ChangeSearch>(
    (patch) => {
      // Walking through records is no history worth going back through; opening and closing is.
      const replace = !("open" in patch) || (patch.open !== undefined && search.open !== undefined)
      void navigate({ to: ".", search: (before) => parseListSearch({ ...before, ...patch }), replace })
    },
    [navigate, search.open],
  )
  return [search, change]
}
