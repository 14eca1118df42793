import { useList } from "@/api/lists"
import { usePeople } from "@/api/people"
import { useMe } from "@/api/session"
import { contactsOptions, type Contact } from "@/features/contacts/api"
import { ContactPanel } from "@/features/contacts/contact-panel"
import { formatDate, formatName } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import type { ChangeSearch, ListSearch } from "@/lib/list-search"
import { Avatar } from "@/ui/badge"
import { DataTable } from "@/ui/data-table"
import { ListBar } from "@/ui/list-bar"
import { ListPage } from "@/ui/list-page"
import { Person } from "@/ui/person"
import { Empty } from "@/ui/states"
import type { Column } from "@/ui/table-parts"

const nameOfContact = (contact: Contact) => formatName(contact.family_name, contact.given_name)

export function ContactList({ search, onSearch }: { search: ListSearch; onSearch: ChangeSearch }) {
  const t = useText()
  const me = useMe()
  const columns = useColumns()
  const list = useList(contactsOptions(search, me.id))
  const filters = [
    {
      key: "owner",
      label: t("field.owner"),
      value: search.owner,
      choices: [{ value: "me", label: t("ui.me"), sentence: t("filter.owner.me") }],
    },
  ]
  const isFiltered = Boolean(search.q ?? search.owner)
  return (
    <ListPage
      bar={
        <ListBar
          title={t("nav.contacts")}
          count={list.total && t("ui.count", { count: list.total.count, capped: String(list.total.capped) })}
          query={search.q}
          onQuery={(q) => { onSearch({ q }) }}
          searchLabel={t("contacts.search")}
          filters={filters}
          onFilter={(key, value) => { onSearch({ [key]: value }) }}
        />
      }
      panel={search.open ? <ContactPanel key={search.open} id={search.open} onClose={() => { onSearch({ open: undefined }) }} /> : null}
    >
      <DataTable
        {...list}
        label={t("nav.contacts")}
        columns={columns}
        rowId={(contact) => contact.id}
        rowName={nameOfContact}
        card={(contact) => <ContactCard contact={contact} />}
        sort={search.sort}
        onSort={(sort) => { onSearch({ sort }) }}
        openId={search.open}
        onOpen={(open) => { onSearch({ open }) }}
        empty={
          isFiltered ? (
            <Empty title={t("ui.nothing.found")} text={t("ui.nothing.found.text")} />
          ) : (
            <Empty title={t("contacts.empty")} text={t("contacts.empty.text")} />
          )
        }
      />
    </ListPage>
  )
}

function useColumns(): Column<Contact>[] {
  const t = useText()
  const locale = useLocale()
  const { nameOf } = usePeople()
  const quiet = (text: string | null) => <span className="text-ink-2">{text}</span>
  return [
    {
      key: "name",
      title: t("field.name"),
      sort: "family_name",
      width: 240,
      cell: (contact) => (
        <span className="flex items-center gap-2">
          <Avatar name={nameOfContact(contact)} />
          <span className="truncate">{nameOfContact(contact)}</span>
        </span>
      ),
    },
    { key: "job", title: t("field.job"), cell: (contact) => quiet(contact.title) },
    { key: "email", title: t("field.email"), sort: "email", cell: (contact) => quiet(contact.email) },
    { key: "phone", rank: 8, title: t("field.phone"), cell: (contact) => <span className="figures text-ink-2">{contact.phone}</span>, width: 150 },
    { key: "owner", title: t("field.owner"), cell: (contact) => <Person name={nameOf(contact.owner_id)} />, width: 150 },
    {
      key: "created",
      rank: 9,
      title: t("field.created"),
      sort: "created_at",
      numeric: true,
      width: 126,
      cell: (contact) => quiet(formatDate(locale, contact.created_at)),
    },
  ]
}

function ContactCard({ contact }: { contact: Contact }) {
  return (
    <>
      <Avatar name={nameOfContact(contact)} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-title">{nameOfContact(contact)}</span>
        <span className="block truncate text-meta text-ink-2">{[contact.title, contact.email].filter(Boolean).join(" · ")}</span>
      </span>
    </>
  )
}
