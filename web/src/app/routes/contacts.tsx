import { useListSearch } from "@/app/use-list-search"
import { ContactList } from "@/features/contacts/contact-list"

export function ContactsRoute() {
  const [search, onSearch] = useListSearch()
  return <ContactList search={search} onSearch={onSearch} />
}
