import { useListSearch } from "@/app/use-list-search"
import { AccountList } from "@/features/accounts/account-list"

export function AccountsRoute() {
  const [search, onSearch] = useListSearch()
  return <AccountList search={search} onSearch={onSearch} />
}
