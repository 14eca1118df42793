import { Plus } from "lucide-react"
import { useState } from "react"

import { useList } from "@/api/lists"
import { usePeople } from "@/api/people"
import { useMay, useMe } from "@/api/session"
import { ticketsOptions, type Ticket } from "@/features/tickets/api"
import { CreateTicket } from "@/features/tickets/create-ticket"
import { NextClock, Priority, TicketStatus } from "@/features/tickets/ticket-marks"
import { TicketPanel } from "@/features/tickets/ticket-panel"
import { formatTime } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import type { ChangeSearch, ListSearch } from "@/lib/list-search"
import { Button } from "@/ui/button"
import { DataTable } from "@/ui/data-table"
import { ListBar } from "@/ui/list-bar"
import { ListPage } from "@/ui/list-page"
import { Person } from "@/ui/person"
import { Empty } from "@/ui/states"
import type { Column } from "@/ui/table-parts"

interface Props {
  search: ListSearch
  onSearch: ChangeSearch
}

export function TicketList({ search, onSearch }: Props) {
  const t = useText()
  const me = useMe()
  const may = useMay()
  const columns = useColumns()
  const filters = useFilters(search)
  const list = useList(ticketsOptions(search, me.id))
  const [isCreating, setCreating] = useState(false)
  const create = may("ticket:create") ? (
    <Button look="primary" title={`${t("tickets.create")} (c)`} data-hotkey="c" onClick={() => { setCreating(true) }}>
      <Plus aria-hidden className="size-4" />
      <span className="max-md:sr-only">{t("tickets.create")}</span>
    </Button>
  ) : null
  const isFiltered = Boolean(search.q ?? search.owner ?? search.status)
  return (
    <ListPage
      bar={
        <ListBar
          title={t("nav.tickets")}
          count={list.total && t("ui.count", { count: list.total.count, capped: String(list.total.capped) })}
          query={search.q}
          onQuery={(q) => { onSearch({ q }) }}
          searchLabel={t("tickets.search")}
          filters={filters}
          onFilter={(key, value) => { onSearch({ [key]: value }) }}
          actions={create}
        />
      }
      panel={search.open ? <TicketPanel key={search.open} id={search.open} onClose={() => { onSearch({ open: undefined }) }} /> : null}
    >
      <DataTable
        {...list}
        label={t("nav.tickets")}
        columns={columns}
        rowId={(ticket) => ticket.id}
        rowName={(ticket) => `${ticket.number} ${ticket.subject}`}
        card={(ticket) => <TicketCard ticket={ticket} />}
        sort={search.sort}
        onSort={(sort) => { onSearch({ sort }) }}
        openId={search.open}
        onOpen={(open) => { onSearch({ open }) }}
        empty={
          isFiltered ? (
            <Empty title={t("ui.nothing.found")} text={t("ui.nothing.found.text")} />
          ) : (
            <Empty title={t("tickets.empty")} text={t("tickets.empty.text")} action={create} />
          )
        }
      />
      {isCreating ? (
        <CreateTicket
          onClose={() => { setCreating(false) }}
          onCreated={(open) => {
            setCreating(false)
            onSearch({ open })
          }}
        />
      ) : null}
    </ListPage>
  )
}

function useFilters(search: ListSearch) {
  const t = useText()
  const status = (value: string, label: string) => ({ value, label, sentence: t("filter.status", { status: label }) })
  return [
    {
      key: "status",
      label: t("field.status"),
      value: search.status,
      choices: [
        status("open", t("ticket.open")),
        status("waiting", t("ticket.waiting")),
        status("resolved", t("ticket.resolved")),
        status("closed", t("ticket.closed")),
      ],
    },
    {
      key: "owner",
      label: t("field.assignee"),
      value: search.owner,
      choices: [
        { value: "me", label: t("ui.me"), sentence: t("filter.assignee.me") },
        { value: "none", label: t("ui.nobody"), sentence: t("filter.assignee.none") },
      ],
    },
  ]
}

function useColumns(): Column<Ticket>[] {
  const t = useText()
  const locale = useLocale()
  const { nameOf } = usePeople()
  return [
    { key: "number", rank: 3.5, title: t("field.number"), width: 110, cell: (ticket) => <span className="figures font-normal text-ink-2">{ticket.number}</span> },
    { key: "subject", title: t("field.subject"), cell: (ticket) => <span className="font-medium">{ticket.subject}</span> },
    { key: "status", title: t("field.status"), width: 150, cell: (ticket) => <TicketStatus ticket={ticket} /> },
    { key: "priority", title: t("field.priority"), width: 110, cell: (ticket) => <Priority priority={ticket.priority} /> },
    { key: "account", rank: 8, title: t("field.account"), width: 170, cell: (ticket) => <span className="text-ink-2">{ticket.account_name ?? ticket.contact_name}</span> },
    { key: "sla", title: t("field.sla"), width: 150, cell: (ticket) => <NextClock ticket={ticket} /> },
    { key: "owner", title: t("field.assignee"), width: 150, cell: (ticket) => <Person name={nameOf(ticket.owner_id)} /> },
    {
      key: "opened",
      rank: 9,
      title: t("field.opened"),
      sort: "opened_at",
      numeric: true,
      width: 120,
      cell: (ticket) => <span className="text-ink-2">{formatTime(locale, ticket.opened_at)}</span>,
    },
  ]
}

function TicketCard({ ticket }: { ticket: Ticket }) {
  return (
    <>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-title">{ticket.subject}</span>
        <span className="flex gap-2 truncate text-meta text-ink-2">
          <span className="figures">{ticket.number}</span>
          <NextClock ticket={ticket} />
        </span>
      </span>
      <TicketStatus ticket={ticket} />
    </>
  )
}
