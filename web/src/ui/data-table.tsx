import { rowSelectionFeature, tableFeatures, useTable, type ColumnDef, type RowData } from "@tanstack/react-table"
import { useVirtualizer } from "@tanstack/react-virtual"
import { useEffect, useMemo, useRef, type KeyboardEvent, type ReactNode } from "react"

import { cx } from "@/lib/class-names"
import type { Failure } from "@/lib/failure"
import { useText } from "@/lib/i18n"
import { useIsPhone, useWidth } from "@/lib/use-media"
import { Failed, Skeleton } from "@/ui/states"
import { fitting, HEAD, Heading, Tick, type Column } from "@/ui/table-parts"

interface DataTableProps<Row extends RowData> {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowId: (row: Row) => string
  rowName: (row: Row) => string
  /** How a row looks on a phone. */
  card: (row: Row) => ReactNode
  empty: ReactNode
  loading: boolean
  stale?: boolean
  failure?: Failure | undefined
  onRetry?: () => void
  sort?: string | undefined
  onSort?: (sort: string | undefined) => void
  openId?: string | undefined
  onOpen: (id: string) => void
  selected?: ReadonlySet<string>
  onSelect?: (selected: ReadonlySet<string>) => void
  onEnd?: () => void
}

const features = tableFeatures({ rowSelectionFeature })
const ROW_HEIGHT = 36
const CARD_HEIGHT = 64
const OVERSCAN = 12

/** The one table of the product: virtual rows, a head that stays, and its four states drawn. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const isPhone = useIsPhone()
  if (props.failure) return <Failed failure={props.failure} onRetry={props.onRetry} />
  if (props.loading) return <Skeleton lines={12} />
  if (props.rows.length === 0) return props.empty
  return isPhone ? <Cards {...props} /> : <Rows {...props} />
}

function useRows<Row extends RowData>({ rows, onEnd, openId, rowId }: DataTableProps<Row>, height: number) {
  const frame = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - OVERSCAN) onEnd?.()
  }, [last, rows.length, onEnd])
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const place = rows.findIndex((row) => rowId(row) === openId)
  const walk = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }
    const from = Number((event.target as HTMLElement).closest("[data-index]")?.getAttribute("data-index") ?? place)
    const to = from + (steps[event.key] ?? 0)
    if (to === from || !rows[to]) return
    event.preventDefault()
    virtual.scrollToIndex(to)
    requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-index="${String(to)}"]`)?.focus())
    return rows[to]
  }
  return { frame, items, before, after, walk, place }
}

function Rows<Row extends RowData>(props: DataTableProps<Row>) {
  const { rows, rowId, selected, onSelect, openId, onOpen } = props
  const t = useText()
  const { frame, items, before, after, walk, place } = useRows(props, ROW_HEIGHT)
  const columns = fitting(props.columns, useWidth(frame))
  const keys = columns.map((one) => one.key).join(" ")
  const defs = useMemo<ColumnDef<typeof features, Row>[]>(
    () => columns.map((one) => ({ id: one.key, header: one.title, cell: ({ row }) => one.cell(row.original) })),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- Which columns fit is said by their keys.
    [keys, props.columns],
  )
  const table = useTable({
    features,
    columns: defs,
    data: rows,
    getRowId: rowId,
    state: { rowSelection: Object.fromEntries([...(selected ?? [])].map((id) => [id, true as const])) },
    onRowSelectionChange: (update) => {
      const now = Object.fromEntries([...(selected ?? [])].map((id) => [id, true as const]))
      const next = typeof update === "function" ? update(now) : update
      onSelect?.(new Set(Object.keys(next).filter((id) => next[id])))
    },
  })
  const model = table.getRowModel().rows
  return (
    <div ref={frame} className={cx("h-full overflow-auto", props.stale && "opacity-60")}>
      <table
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        className="w-full table-fixed border-separate border-spacing-0"
        onKeyDown={(event) => {
          const next = walk(event)
          if (next && openId) onOpen(rowId(next))
        }}
      >
        <colgroup>
          {onSelect ? <col style={{ width: 40 }} /> : null}
          {columns.map((one) => (
            <col key={one.key} style={one.width ? { width: one.width } : undefined} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {onSelect ? (
              <th scope="col" className={HEAD}>
                <Tick
                  label={t("ui.select.all")}
                  checked={rows.length > 0 && selected?.size === rows.length}
                  onChange={(checked) => { table.toggleAllRowsSelected(checked) }}
                />
              </th>
            ) : null}
            {columns.map((one) => (
              <Heading key={one.key} column={one} sort={props.sort} onSort={props.onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 ? <tr aria-hidden><td style={{ height: before }} /></tr> : null}
          {items.map(({ index }) => {
            const row = model[index]
            if (!row) return null
            const isOpen = row.id === openId
            return (
              <tr
                key={row.id}
                data-index={index}
                aria-rowindex={index + 2}
                aria-selected={onSelect ? row.getIsSelected() : undefined}
                tabIndex={index === Math.max(place, 0) ? 0 : -1}
                onClick={() => { onOpen(row.id) }}
                onKeyDown={(event) => {
                  if (event.key === "Enter") onOpen(row.id)
                  if (event.key === "x") row.toggleSelected()
                }}
                className={cx(
                  "group h-9 cursor-default",
                  isOpen ? "bg-accent-soft" : row.getIsSelected() ? "bg-hover" : "hover:bg-hover",
                )}
              >
                {onSelect ? (
                  <td className="border-b border-line pl-4" onClick={(event) => { event.stopPropagation() }}>
                    <Tick
                      label={t("ui.select.one", { name: props.rowName(row.original) })}
                      checked={row.getIsSelected()}
                      onChange={(checked) => { row.toggleSelected(checked) }}
                    />
                  </td>
                ) : null}
                {row.getAllCells().map((cell, at) => (
                  <td
                    key={cell.id}
                    className={cx(
                      "truncate border-b border-line px-2 first:pl-4 last:pr-4",
                      columns[at]?.numeric && "figures text-right",
                      at === 0 && "font-medium",
                    )}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            )
          })}
          {after > 0 ? <tr aria-hidden><td style={{ height: after }} /></tr> : null}
        </tbody>
      </table>
    </div>
  )
}

function Cards<Row extends RowData>(props: DataTableProps<Row>) {
  const { rows, rowId, rowName, card, onOpen } = props
  const { frame, items, before, after } = useRows(props, CARD_HEIGHT)
  return (
    <div ref={frame} className={cx("h-full overflow-auto", props.stale && "opacity-60")}>
      <ul aria-label={props.label} style={{ paddingTop: before, paddingBottom: after }}>
        {items.map(({ index }) => {
          const row = rows[index]
          if (!row) return null
          return (
            <li key={rowId(row)} className="h-16 border-b border-line">
              <button
                type="button"
                aria-label={rowName(row)}
                data-index={index}
                onClick={() => { onOpen(rowId(row)) }}
                className="flex h-full w-full items-center gap-3 px-4 text-left active:bg-hover"
              >
                {card(row)}
              </button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
