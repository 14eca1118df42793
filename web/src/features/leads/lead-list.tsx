import { Plus } from "lucide-react"
import { useState } from "react"

import { useList } from "@/api/lists"
import { usePeople } from "@/api/people"
import { useMay, useMe } from "@/api/session"
import { leadsOptions, type Lead } from "@/features/leads/api"
import { CreateLead } from "@/features/leads/create-lead"
import { LeadPanel } from "@/features/leads/lead-panel"
import { LeadStatus, leadName } from "@/features/leads/lead-status"
import { formatDate } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import type { ChangeSearch, ListSearch } from "@/lib/list-search"
import { Avatar } from "@/ui/badge"
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

export function LeadList({ search, onSearch }: Props) {
  const t = useText()
  const me = useMe()
  const may = useMay()
  const columns = useColumns()
  const list = useList(leadsOptions(search, me.id))
  const [isCreating, setCreating] = useState(false)
  const create = may("lead:create") ? (
    <Button look="primary" title={`${t("leads.create")} (c)`} data-hotkey="c" onClick={() => { setCreating(true) }}>
      <Plus aria-hidden className="size-4" />
      <span className="max-md:sr-only">{t("leads.create")}</span>
    </Button>
  ) : null
  const close = () => { onSearch({ open: undefined }) }
  return (
    <ListPage
      bar={
        <ListBar
          title={t("nav.leads")}
          count={list.total && t("ui.count", { count: list.total.count, capped: String(list.total.capped) })}
          query={search.q}
          onQuery={(q) => { onSearch({ q }) }}
          searchLabel={t("leads.search")}
          filters={useFilters(search)}
          onFilter={(key, value) => { onSearch({ [key]: value }) }}
          actions={create}
        />
      }
      panel={search.open ? <LeadPanel key={search.open} id={search.open} onClose={close} /> : null}
    >
      <DataTable
        {...list}
        label={t("nav.leads")}
        columns={columns}
        rowId={(lead) => lead.id}
        rowName={leadName}
        card={(lead) => <LeadCard lead={lead} />}
        sort={search.sort}
        onSort={(sort) => { onSearch({ sort }) }}
        openId={search.open}
        onOpen={(open) => { onSearch({ open }) }}
        empty={<Nothing search={search} create={create} />}
      />
      {isCreating ? (
        <CreateLead
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

function Nothing({ search, create }: { search: ListSearch; create: React.ReactNode }) {
  const t = useText()
  const isFiltered = Boolean(search.q ?? search.owner ?? search.status)
  if (isFiltered) return <Empty title={t("ui.nothing.found")} text={t("ui.nothing.found.text")} />
  return <Empty title={t("leads.empty")} text={t("leads.empty.text")} action={create} />
}

function useFilters(search: ListSearch) {
  const t = useText()
  return [
    {
      key: "owner",
      label: t("field.owner"),
      value: search.owner,
      choices: [{ value: "me", label: t("ui.me"), sentence: t("filter.owner.me") }],
    },
    {
      key: "status",
      label: t("field.status"),
      value: search.status,
      choices: [
        { value: "open", label: t("leads.open"), sentence: t("filter.leads.open") },
        { value: "converted", label: t("leads.converted"), sentence: t("filter.leads.converted") },
      ],
    },
  ]
}

function useColumns(): Column<Lead>[] {
  const t = useText()
  const locale = useLocale()
  const { nameOf } = usePeople()
  return [
    { key: "name", title: t("field.name"), sort: "family_name", cell: (lead) => <Named lead={lead} />, width: 220 },
    { key: "company", title: t("field.company"), sort: "company_name", cell: (lead) => lead.company_name },
    { key: "status", title: t("field.status"), cell: (lead) => <LeadStatus lead={lead} />, width: 120 },
    { key: "email", title: t("field.email"), cell: (lead) => <span className="text-ink-2">{lead.email}</span>, rank: 8 },
    { key: "source", title: t("field.source"), cell: (lead) => <span className="text-ink-2">{lead.source}</span>, width: 130, rank: 9 },
    { key: "owner", title: t("field.owner"), cell: (lead) => <Person name={nameOf(lead.owner_id)} />, width: 150 },
    {
      key: "created",
      title: t("field.created"),
      sort: "created_at",
      numeric: true,
      cell: (lead) => <span className="text-ink-2">{formatDate(locale, lead.created_at)}</span>,
      width: 126,
    },
  ]
}

function Named({ lead }: { lead: Lead }) {
  return (
    <span className="flex items-center gap-2">
      <Avatar name={leadName(lead)} />
      <span className="truncate">{leadName(lead)}</span>
    </span>
  )
}

function LeadCard({ lead }: { lead: Lead }) {
  return (
    <>
      <Avatar name={leadName(lead)} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-title">{leadName(lead)}</span>
        <span className="block truncate text-meta text-ink-2">{lead.company_name}</span>
      </span>
      <LeadStatus lead={lead} />
    </>
  )
}
