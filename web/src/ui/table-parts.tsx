import { ArrowDown, ArrowUp } from "lucide-react"
import type { ReactNode } from "react"

import { cx } from "@/lib/class-names"
import { nextSort } from "@/lib/list-search"

export interface Column<Row> {
  key: string
  title: string
  cell: (row: Row) => ReactNode
  /** The name by which the server sorts it; without one the column cannot be sorted. */
  sort?: string
  numeric?: boolean
  width?: number
  /** What goes first when there is no room has the highest number; without one its place counts. */
  rank?: number
}

const FLEXIBLE = 160

/** The columns that fit side by side; the first always stays. */
export function fitting<Row>(columns: readonly Column<Row>[], width: number): readonly Column<Row>[] {
  const rank = (one: Column<Row>) => one.rank ?? columns.indexOf(one)
  let shown = [...columns]
  const needed = () => shown.reduce((sum, one) => sum + (one.width ?? FLEXIBLE), 0)
  while (width > 0 && shown.length > 2 && needed() > width) {
    const last = shown.reduce((worst, one) => (rank(one) > rank(worst) ? one : worst))
    shown = shown.filter((one) => one !== last)
  }
  return shown
}

export const HEAD = "sticky top-0 z-10 h-8 border-b border-line bg-canvas px-2 text-left text-meta font-normal text-ink-3 first:pl-4 last:pr-4"

interface HeadingProps<Row> {
  column: Column<Row>
  sort: string | undefined
  onSort: ((sort: string | undefined) => void) | undefined
}

export function Heading<Row>({ column, sort, onSort }: HeadingProps<Row>) {
  const name = column.sort
  const order = name === undefined ? undefined : sort === name ? "ascending" : sort === `-${name}` ? "descending" : "none"
  const look = cx(HEAD, column.numeric && "text-right")
  if (name === undefined || !onSort) return <th scope="col" className={look}>{column.title}</th>
  return (
    <th scope="col" aria-sort={order} className={look}>
      <button
        type="button"
        onClick={() => { onSort(nextSort(sort, name)) }}
        className="-mx-1 inline-flex items-center gap-1 rounded-sm px-1 py-0.5 hover:bg-hover hover:text-ink"
      >
        {column.title}
        {order === "ascending" ? <ArrowUp aria-hidden className="size-3" /> : null}
        {order === "descending" ? <ArrowDown aria-hidden className="size-3" /> : null}
      </button>
    </th>
  )
}

export function Tick({ label, checked, onChange }: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={checked}
      onChange={(event) => { onChange(event.target.checked) }}
      className="size-3.5 align-middle"
    />
  )
}
