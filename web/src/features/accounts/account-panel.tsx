import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

import { usePeople } from "@/api/people"
import { failureOf } from "@/api/problem"
import { useMay } from "@/api/session"
import { accountContactsOptions, accountOpportunitiesOptions, accountOptions, type Account } from "@/features/accounts/api"
import { formatMoney, formatName, formatNumber } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import { Person } from "@/ui/person"
import { Facts, SidePanel } from "@/ui/side-panel"
import { Failed, Skeleton } from "@/ui/states"

export function AccountPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText()
  const { data: account, error, refetch } = useQuery(accountOptions(id))
  const failure = failureOf(error)
  return (
    <SidePanel
      label={t("accounts.one")}
      onClose={onClose}
      head={
        <>
          <h2 className="truncate text-title font-semibold">{account?.name ?? t("accounts.one")}</h2>
          <p className="truncate text-meta text-ink-2">{account?.industry}</p>
        </>
      }
    >
      {failure ? <Failed failure={failure} onRetry={() => void refetch()} /> : account ? <Details account={account} /> : <Skeleton lines={6} />}
    </SidePanel>
  )
}

function Details({ account }: { account: Account }) {
  const t = useText()
  const locale = useLocale()
  const { nameOf } = usePeople()
  const revenue =
    account.annual_revenue_minor !== null && account.currency !== null
      ? formatMoney(locale, account.annual_revenue_minor, account.currency)
      : null
  return (
    <>
      <Facts
        rows={[
          [t("field.website"), account.website],
          [t("field.phone"), account.phone],
          [t("field.country"), account.country],
          [t("field.address"), account.address],
          [t("field.employees"), account.employees === null ? null : formatNumber(locale, account.employees)],
          [t("field.revenue"), revenue],
          [t("field.source"), account.source],
          [t("field.owner"), <Person key="owner" name={nameOf(account.owner_id)} />],
        ]}
      />
      <People id={account.id} />
      <Opportunities id={account.id} />
    </>
  )
}

function Related({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-5">
      <h3 className="mb-1 text-meta text-ink-3">{title}</h3>
      <ul className="-mx-2">{children}</ul>
    </section>
  )
}

const ROW = "flex h-9 items-center gap-2 rounded px-2 hover:bg-hover max-md:h-11"

function People({ id }: { id: string }) {
  const t = useText()
  const may = useMay()
  const { data = [] } = useQuery({ ...accountContactsOptions(id), enabled: may("contact:read") })
  if (data.length === 0) return null
  return (
    <Related title={t("nav.contacts")}>
      {data.map((one) => (
        <li key={one.id}>
          <Link to="/contacts" search={{ open: one.id }} className={ROW}>
            <Person name={formatName(one.family_name, one.given_name)} />
            <span className="ml-auto truncate text-ink-3">{one.title}</span>
          </Link>
        </li>
      ))}
    </Related>
  )
}

function Opportunities({ id }: { id: string }) {
  const t = useText()
  const locale = useLocale()
  const may = useMay()
  const { data = [] } = useQuery({ ...accountOpportunitiesOptions(id), enabled: may("opportunity:read") })
  if (data.length === 0) return null
  return (
    <Related title={t("nav.opportunities")}>
      {data.map((one) => (
        <li key={one.id}>
          <Link to="/opportunities" search={{ open: one.id }} className={ROW}>
            <span className="truncate">{one.name}</span>
            <span className="figures ml-auto text-ink-2">{formatMoney(locale, one.amount_minor, one.currency)}</span>
          </Link>
        </li>
      ))}
    </Related>
  )
}
