import { useListSearch } from "@/app/use-list-search"
import { TicketList } from "@/features/tickets/ticket-list"

export function TicketsRoute() {
  const [search, onSearch] = useListSearch()
  return <TicketList search={search} onSearch={onSearch} />
}
