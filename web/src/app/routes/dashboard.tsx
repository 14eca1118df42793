import { useIsLive } from "@/app/live"
import { useListSearch } from "@/app/use-list-search"
import { Dashboard } from "@/features/dashboard/dashboard"

export function DashboardRoute() {
  const [search, onSearch] = useListSearch()
  return <Dashboard search={search} onSearch={onSearch} isLive={useIsLive()} />
}
