import { useQuery } from "@tanstack/react-query"

import { failureOf } from "@/api/problem"
import { performanceOptions, type GroupBy, type Row } from "@/features/dashboard/api"
import { amountIn, currenciesOf } from "@/features/dashboard/figures"
import { formatMoney, formatNumber, formatSums } from "@/lib/format"
import { useLocale, useText, type MessageId } from "@/lib/i18n"
import { Bars, ChartCard, Columns, type Bar } from "@/ui/chart"
import { Select } from "@/ui/field"
import { Empty, Failed, Skeleton } from "@/ui/states"

const MOST_BARS = 8
const MOST_MONTHS = 12
const GROUPS = ["owner", "department", "product"] as const
const TITLES: Record<GroupBy, MessageId> = {
  owner: "performance.owner",
  department: "performance.department",
  product: "performance.product",
  month: "performance.month",
}

interface Props {
  pipelineId: string | undefined
  groupBy: GroupBy
  onGroupBy?: (by: string) => void
  currency: string | undefined
  onCurrency?: (currency: string) => void
}

/** What was won, by whom, of what, or when; one currency is drawn, the table has them all. */
export function PerformanceChart({ pipelineId, groupBy, onGroupBy, currency: wanted, onCurrency }: Props) {
  const t = useText()
  const locale = useLocale()
  const { data, error, refetch } = useQuery(performanceOptions(groupBy, pipelineId))
  const failure = failureOf(error)
  if (failure) return <Failed failure={failure} onRetry={() => void refetch()} />
  if (!data) return <Skeleton lines={6} />
  const currencies = currenciesOf(data.rows)
  const currency = currencies.find((one) => one === wanted) ?? currencies[0]
  const bars = data.rows.filter((row) => row.key !== null || groupBy !== "month").map((row) => barOf(row))
  function barOf(row: Row): Bar {
    const value = amountIn(row.won_amounts, currency)
    const text = currency ? formatMoney(locale, value, currency, { short: true }) : "–"
    return { key: row.key ?? "none", label: row.label ?? t("performance.none"), value, text, tone: "won" }
  }
  const rows = data.rows.map((row) => ({
    name: row.label ?? t("performance.none"),
    open: formatNumber(locale, row.open_count ?? 0),
    won: formatNumber(locale, row.won_count ?? 0),
    lost: formatNumber(locale, row.lost_count ?? 0),
    amount: formatSums(locale, row.won_amounts ?? []),
  }))
  const columns = [
    { key: "name", title: t(TITLES[groupBy]) },
    { key: "open", title: t("stage.open") },
    { key: "won", title: t("stage.won") },
    { key: "lost", title: t("stage.lost") },
    { key: "amount", title: t("performance.amount") },
  ]
  const months = bars.sort((a, b) => a.key.localeCompare(b.key)).slice(-MOST_MONTHS)
  const largest = bars.filter((bar) => bar.value > 0).sort((a, b) => b.value - a.value).slice(0, MOST_BARS)
  const tools = onGroupBy ? (
    <>
      {currencies.length > 1 ? (
        <Select aria-label={t("field.currency")} className="w-22" value={currency} onChange={(event) => onCurrency?.(event.target.value)}>
          {currencies.map((one) => <option key={one}>{one}</option>)}
        </Select>
      ) : null}
      <Select aria-label={t("performance.by")} className="w-34" value={groupBy} onChange={(event) => { onGroupBy(event.target.value) }}>
        {GROUPS.map((by) => <option key={by} value={by}>{t(TITLES[by])}</option>)}
      </Select>
    </>
  ) : null
  const title = groupBy === "month" ? t("performance.title.month") : t("performance.title")
  return (
    <ChartCard title={title} columns={columns} rows={rows} tools={tools}>
      {bars.some((bar) => bar.value > 0) ? (
        groupBy === "month" ? <Columns label={title} bars={months} /> : <Bars label={title} bars={largest} />
      ) : (
        <Empty title={t("performance.empty")} text={t("performance.empty.text")} />
      )}
    </ChartCard>
  )
}
