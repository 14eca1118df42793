import { useListSearch } from "@/app/use-list-search"
import { BoardPage } from "@/features/opportunities/board-page"

export function OpportunitiesRoute() {
  const [search, onSearch] = useListSearch()
  return <BoardPage search={search} onSearch={onSearch} />
}
