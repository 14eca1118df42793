import type { FunnelStage, Row, Sum } from "@/features/dashboard/api"

/** Sums by currency over all rows; amounts of different currencies are never added. */
export function sumsOf(lists: readonly (readonly Sum[] | undefined)[]): Sum[] {
  const sums = new Map<string, number>()
  for (const one of lists.flatMap((list) => list ?? [])) {
    sums.set(one.currency, (sums.get(one.currency) ?? 0) + one.amount_minor)
  }
  return [...sums].map(([currency, amount_minor]) => ({ currency, amount_minor }))
}

export function totalOf(rows: readonly Row[], name: "open_count" | "won_count" | "lost_count"): number {
  return rows.reduce((sum, row) => sum + (row[name] ?? 0), 0)
}

/** The currencies of what was won, the one with most of the money first: bars compare within one. */
export function currenciesOf(rows: readonly Row[]): string[] {
  const sums = sumsOf(rows.map((row) => row.won_amounts))
  return sums.sort((a, b) => b.amount_minor - a.amount_minor).map((one) => one.currency)
}

export function amountIn(sums: readonly Sum[] | undefined, currency: string | undefined): number {
  return sums?.find((one) => one.currency === currency)?.amount_minor ?? 0
}

export interface Step {
  stage: FunnelStage
  entered: number
  /** Which share of the step before came this far; none for the first. */
  conversion: number | undefined
}

/** The way to won, step by step; lost is no step of it. */
export function stepsOf(stages: readonly FunnelStage[]): Step[] {
  const way = stages.filter((stage) => stage.kind !== "lost")
  return way.map((stage, index) => {
    const entered = stage.entered ?? 0
    const before = way[index - 1]?.entered ?? 0
    return { stage, entered, conversion: index > 0 && before > 0 ? entered / before : undefined }
  })
}

/** "2026-11" and the month before it, in the reader's calendar. */
export function monthsOf(now: Date): { current: string; former: string } {
  const text = (year: number, month: number) => {
    const day = new Date(year, month, 1)
    return `${String(day.getFullYear())}-${String(day.getMonth() + 1).padStart(2, "0")}`
  }
  return { current: text(now.getFullYear(), now.getMonth()), former: text(now.getFullYear(), now.getMonth() - 1) }
}
