import { useList } from "@/api/lists"
import { usePeople } from "@/api/people"
import { useMe } from "@/api/session"
import { AccountPanel } from "@/features/accounts/account-panel"
import { accountsOptions, type Account } from "@/features/accounts/api"
import { formatDate, formatMoney, formatNumber } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import type { ChangeSearch, ListSearch } from "@/lib/list-search"
import { Avatar } from "@/ui/badge"
import { DataTable } from "@/ui/data-table"
import { ListBar } from "@/ui/list-bar"
import { ListPage } from "@/ui/list-page"
import { Person } from "@/ui/person"
import { Empty } from "@/ui/states"
import type { Column } from "@/ui/table-parts"

export function AccountList({ search, onSearch }: { search: ListSearch; onSearch: ChangeSearch }) {
  const t = useText()
  const me = useMe()
  const columns = useColumns()
  const list = useList(accountsOptions(search, me.id))
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
          title={t("nav.accounts")}
          count={list.total && t("ui.count", { count: list.total.count, capped: String(list.total.capped) })}
          query={search.q}
          onQuery={(q) => { onSearch({ q }) }}
          searchLabel={t("accounts.search")}
          filters={filters}
          onFilter={(key, value) => { onSearch({ [key]: value }) }}
        />
      }
      panel={search.open ? <AccountPanel key={search.open} id={search.open} onClose={() => { onSearch({ open: undefined }) }} /> : null}
    >
      <DataTable
        {...list}
        label={t("nav.accounts")}
        columns={columns}
        rowId={(account) => account.id}
        rowName={(account) => account.name}
        card={(account) => <AccountCard account={account} />}
        sort={search.sort}
        onSort={(sort) => { onSearch({ sort }) }}
        openId={search.open}
        onOpen={(open) => { onSearch({ open }) }}
        empty={
          isFiltered ? (
            <Empty title={t("ui.nothing.found")} text={t("ui.nothing.found.text")} />
          ) : (
            <Empty title={t("accounts.empty")} text={t("accounts.empty.text")} />
          )
        }
      />
    </ListPage>
  )
}

function useColumns(): Column<Account>[] {
  const t = useText()
  const locale = useLocale()
  const { nameOf } = usePeople()
  const quiet = (text: string | null) => <span className="text-ink-2">{text}</span>
  return [
    {
      key: "name",
      title: t("field.name"),
      sort: "name",
      width: 260,
      cell: (account) => (
        <span className="flex items-center gap-2">
          <Avatar square name={account.name} />
          <span className="truncate">{account.name}</span>
        </span>
      ),
    },
    { key: "industry", title: t("field.industry"), sort: "industry", cell: (account) => quiet(account.industry) },
    { key: "country", rank: 7, title: t("field.country"), cell: (account) => quiet(account.country), width: 120 },
    {
      key: "employees",
      rank: 8,
      title: t("field.employees"),
      sort: "employees",
      numeric: true,
      width: 126,
      cell: (account) => (account.employees === null ? null : formatNumber(locale, account.employees)),
    },
    {
      key: "revenue",
      title: t("field.revenue"),
      sort: "annual_revenue_minor",
      numeric: true,
      width: 140,
      cell: (account) =>
        account.annual_revenue_minor === null || account.currency === null
          ? null
          : formatMoney(locale, account.annual_revenue_minor, account.currency, { short: true }),
    },
    { key: "owner", title: t("field.owner"), cell: (account) => <Person name={nameOf(account.owner_id)} />, width: 150 },
    {
      key: "created",
      rank: 9,
      title: t("field.created"),
      sort: "created_at",
      numeric: true,
      width: 126,
      cell: (account) => quiet(formatDate(locale, account.created_at)),
    },
  ]
}

function AccountCard({ account }: { account: Account }) {
  return (
    <>
      <Avatar square name={account.name} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-title">{account.name}</span>
        <span className="block truncate text-meta text-ink-2">{[account.industry, account.country].filter(Boolean).join(" · ")}</span>
      </span>
    </>
  )
}
