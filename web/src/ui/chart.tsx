import { ArrowDownRight, ArrowUpRight } from "lucide-react"
import { useState, type ReactNode } from "react"

import { cx } from "@/lib/class-names"
import { useText } from "@/lib/i18n"
import type { Tone } from "@/ui/badge"

interface TileProps {
  label: string
  figure: string
  beside?: string
  note?: string | undefined
  change?: number | undefined
}

/** A number that matters, and how it moved. */
export function Tile({ label, figure, beside, note, change }: TileProps) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 rounded-lg border border-line bg-raised px-4 py-3">
      <p className="truncate text-meta text-ink-2">{label}</p>
      <p className="figures flex min-w-0 flex-wrap items-baseline gap-x-2">
        <span className="text-figure font-semibold tracking-tight max-md:text-large">{figure}</span>
        {beside ? <span className="text-title text-ink-2">{beside}</span> : null}
      </p>
      <p className="flex h-4 items-center gap-1 text-meta text-ink-3">
        {change === undefined || change === 0 ? null : (
          <span className={change > 0 ? "text-won" : "text-breach"}>
            {change > 0 ? <ArrowUpRight className="size-3.5" aria-hidden /> : <ArrowDownRight className="size-3.5" aria-hidden />}
          </span>
        )}
        {note}
      </p>
    </div>
  )
}

export interface ChartColumn {
  key: string
  title: string
}

interface ChartCardProps {
  title: string
  note?: string | undefined
  /** The same figures as a table, for reading and copying. */
  columns: readonly ChartColumn[]
  rows: readonly Readonly<Record<string, string>>[]
  tools?: ReactNode
  children: ReactNode
}

/** A chart in its frame; every chart can be read as a table. */
export function ChartCard({ title, note, columns, rows, tools, children }: ChartCardProps) {
  const t = useText()
  const [isTable, setTable] = useState(false)
  return (
    <section aria-label={title} className="flex min-w-0 flex-col rounded-lg border border-line bg-raised">
      <header className="flex min-h-11 items-center gap-2 pt-1 pr-2 pl-4">
        <h2 className="font-semibold">{title}</h2>
        <span className="flex-1 truncate text-right text-meta text-ink-3">{note}</span>
        {tools}
        <button
          type="button"
          aria-pressed={isTable}
          onClick={() => { setTable(!isTable) }}
          className="h-7 rounded px-2 text-meta text-ink-2 hover:bg-hover aria-pressed:bg-hover aria-pressed:text-ink max-md:h-11"
        >
          {t("ui.table")}
        </button>
      </header>
      <div className="px-4 pt-1 pb-4">{isTable ? <Figures label={title} columns={columns} rows={rows} /> : children}</div>
    </section>
  )
}

function Figures({ label, columns, rows }: { label: string; columns: readonly ChartColumn[]; rows: ChartCardProps["rows"] }) {
  return (
    <div className="overflow-x-auto">
      <table aria-label={label} className="w-full">
        <thead>
          <tr>
            {columns.map((one, at) => (
              <th key={one.key} scope="col" className={cx("h-8 border-b border-line pr-3 font-normal text-ink-3", at > 0 ? "text-right" : "text-left")}>
                {one.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row[columns[0]?.key ?? ""]}>
              {columns.map((one, at) => (
                <td key={one.key} className={cx("h-8 border-b border-line/60 pr-3 whitespace-nowrap", at > 0 && "figures text-right")}>
                  {row[one.key]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

export interface Bar {
  key: string
  label: string
  value: number
  text: string
  /** What stands at the end of the bar, such as the share that went on. */
  note?: string | undefined
  tone?: Tone
}

const FILLS: Record<Tone, string> = {
  open: "bg-open/75",
  waiting: "bg-waiting/75",
  won: "bg-won/80",
  lost: "bg-lost/45",
  breach: "bg-breach/75",
  accent: "bg-accent/85",
}

/** Bars from zero with their figures written beside them. */
export function Bars({ label, bars, note }: { label: string; bars: readonly Bar[]; note?: ReactNode }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value))
  return (
    <div>
      <ul aria-label={label} className="flex flex-col gap-2">
        {bars.map((bar) => (
          <li key={bar.key} className="grid grid-cols-[minmax(72px,22%)_1fr_auto] items-center gap-3">
            <span className="truncate text-ink-2" title={bar.label}>{bar.label}</span>
            <span aria-hidden className="h-6 rounded-sm bg-hover">
              <span
                className={cx("block h-full min-w-0.5 rounded-sm transition-[width] duration-150", FILLS[bar.tone ?? "accent"])}
                style={{ width: `${String((bar.value / most) * 100)}%` }}
              />
            </span>
            <span className="figures min-w-24 text-right">
              <span className="font-medium">{bar.text}</span>
              {bar.note ? <span className="ml-2 inline-block min-w-9 text-meta text-ink-3">{bar.note}</span> : null}
            </span>
          </li>
        ))}
      </ul>
      {note}
    </div>
  )
}

/** Columns over time, axis from zero; each is named and carries its figure. */
export function Columns({ label, bars }: { label: string; bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value))
  return (
    <ul aria-label={label} className="flex h-48 items-stretch gap-1.5 overflow-x-auto">
      {bars.map((bar) => (
        <li key={bar.key} className="flex min-w-9 flex-1 flex-col items-center gap-1" title={`${bar.label}: ${bar.text}`}>
          <span className="flex w-full flex-1 flex-col justify-end">
            <span className="figures pb-0.5 text-center text-xs whitespace-nowrap text-ink-2">{bar.text}</span>
            <span
              aria-hidden
              className={cx("block min-h-px w-full rounded-t-sm transition-[height] duration-150", FILLS[bar.tone ?? "accent"])}
              style={{ height: `${String((bar.value / most) * 82)}%` }}
            />
          </span>
          <span className="figures border-t border-line pt-1 text-xs whitespace-nowrap text-ink-3">{bar.label}</span>
        </li>
      ))}
    </ul>
  )
}
