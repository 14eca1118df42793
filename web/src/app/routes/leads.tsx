import { useListSearch } from "@/app/use-list-search"
import { LeadList } from "@/features/leads/lead-list"

export function LeadsRoute() {
  const [search, onSearch] = useListSearch()
  return <LeadList search={search} onSearch={onSearch} />
}
