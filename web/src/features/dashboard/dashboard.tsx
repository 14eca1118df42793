import { useQuery } from "@tanstack/react-query"

import { failureOf } from "@/api/problem"
import { useMay } from "@/api/session"
import { performanceOptions, pipelinesOptions, type Row, type Sum } from "@/features/dashboard/api"
import { monthsOf, sumsOf, totalOf } from "@/features/dashboard/figures"
import { Freshness } from "@/features/dashboard/freshness"
import { FunnelChart } from "@/features/dashboard/funnel-chart"
import { PerformanceChart } from "@/features/dashboard/performance-chart"
import { formatNumber, formatPercent, formatSums, type Locale } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import type { ChangeSearch, ListSearch } from "@/lib/list-search"
import { Tile } from "@/ui/chart"
import { Select } from "@/ui/field"
import { Failed, Skeleton } from "@/ui/states"

interface Props {
  search: ListSearch
  onSearch: ChangeSearch
  isLive: boolean
}

export function Dashboard({ search, onSearch, isLive }: Props) {
  const t = useText()
  const may = useMay()
  const { data: pipelines = [] } = useQuery({ ...pipelinesOptions(), enabled: may("pipeline:read") })
  const { data, error, refetch } = useQuery(performanceOptions("month", search.pipeline))
  const failure = failureOf(error)
  return (
    <div className="h-full overflow-y-auto">
      <header className="flex min-h-12 flex-wrap items-center gap-3 border-b border-line px-4 py-2">
        <h1 className="text-title font-semibold">{t("nav.dashboard")}</h1>
        <span className="flex-1" />
        <Freshness asOf={data?.as_of ?? null} isLive={isLive} />
        {pipelines.length > 1 ? (
          <Select
            aria-label={t("field.pipeline")}
            className="w-44"
            value={search.pipeline ?? ""}
            onChange={(event) => { onSearch({ pipeline: event.target.value || undefined }) }}
          >
            <option value="">{t("dashboard.all_pipelines")}</option>
            {pipelines.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
          </Select>
        ) : null}
      </header>
      {failure ? <Failed failure={failure} onRetry={() => void refetch()} /> : null}
      {!failure && !data ? <Skeleton lines={8} /> : null}
      {data ? (
        <div className="mx-auto flex max-w-300 flex-col gap-4 p-4">
          <Tiles rows={data.rows} />
          <div className="grid gap-4 lg:grid-cols-2">
            <FunnelChart pipelineId={search.pipeline ?? pipelines[0]?.id} name={pipelines.find((one) => one.id === (search.pipeline ?? pipelines[0]?.id))?.name} />
            <PerformanceChart
              pipelineId={search.pipeline}
              currency={search.currency}
              onCurrency={(currency) => { onSearch({ currency }) }}
              groupBy={search.by === "product" || search.by === "department" ? search.by : "owner"}
              onGroupBy={(by) => { onSearch({ by }) }}
            />
          </div>
          <PerformanceChart pipelineId={search.pipeline} currency={search.currency} groupBy="month" />
        </div>
      ) : null}
    </div>
  )
}

/** The largest sum is the figure; other currencies stand beside it, for they cannot be added. */
function figureOf(locale: Locale, sums: readonly Sum[]): { figure: string; beside: string } {
  const [first, ...others] = sums.toSorted((a, b) => b.amount_minor - a.amount_minor)
  return { figure: formatSums(locale, first ? [first] : []), beside: others.length > 0 ? formatSums(locale, others) : "" }
}

function Tiles({ rows }: { rows: readonly Row[] }) {
  const t = useText()
  const locale = useLocale()
  const { current, former } = monthsOf(new Date())
  const month = rows.find((row) => row.key === current)
  const before = rows.find((row) => row.key === former)
  const won = totalOf(rows, "won_count")
  const closed = won + totalOf(rows, "lost_count")
  const change = (month?.won_count ?? 0) - (before?.won_count ?? 0)
  return (
    <section aria-label={t("dashboard.figures")} className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Tile
        label={t("dashboard.open")}
        {...figureOf(locale, sumsOf(rows.map((row) => row.open_amounts)))}
        note={t("dashboard.opportunities", { count: totalOf(rows, "open_count") })}
      />
      <Tile
        label={t("dashboard.won")}
        {...figureOf(locale, sumsOf(rows.map((row) => row.won_amounts)))}
        note={t("dashboard.opportunities", { count: won })}
      />
      <Tile
        label={t("dashboard.won.month")}
        figure={formatNumber(locale, month?.won_count ?? 0)}
        change={change}
        note={t("dashboard.former", { count: before?.won_count ?? 0 })}
      />
      <Tile
        label={t("dashboard.rate")}
        figure={closed > 0 ? formatPercent(locale, won / closed) : "–"}
        note={t("dashboard.rate.note", { won, closed })}
      />
    </section>
  )
}
