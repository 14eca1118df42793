import { ListFilter, Search, X } from "lucide-react"
import { useEffect, useRef, useState, type ReactNode } from "react"

import { useText } from "@/lib/i18n"
import { IconButton } from "@/ui/button"
import { Menu } from "@/ui/menu"

export interface Filter {
  key: string
  /** "Owner" */
  label: string
  value: string | undefined
  /** "Owner is me": each choice reads as a sentence. */
  choices: readonly { value: string; label: string; sentence: string }[]
}

interface ListBarProps {
  title: string
  count: string | undefined
  query: string | undefined
  onQuery: (query: string | undefined) => void
  searchLabel: string
  filters?: readonly Filter[]
  onFilter?: (key: string, value: string | undefined) => void
  actions?: ReactNode
}

const PAUSE = 250

/** The head of every list: its name and size, what is searched and filtered, and what one can do. */
export function ListBar({ title, count, query, onQuery, searchLabel, filters = [], onFilter, actions }: ListBarProps) {
  const t = useText()
  const active = filters.filter((filter) => filter.value !== undefined)
  return (
    <header className="flex flex-col border-b border-line">
      <div className="flex h-12 items-center gap-2 pr-3 pl-4 max-md:h-14">
        <h1 className="text-title font-semibold">{title}</h1>
        <p role="status" className="figures text-meta text-ink-3">{count}</p>
        <span className="flex-1" />
        <SearchBox key={query === undefined ? "none" : "some"} label={searchLabel} query={query} onQuery={onQuery} />
        {filters.length > 0 ? (
          <Menu
            label={t("ui.filter")}
            align="end"
            trigger={
              <IconButton label={t("ui.filter")} shortcut="f" data-hotkey="f">
                <ListFilter className="size-4" />
              </IconButton>
            }
            groups={filters.map((filter) =>
              filter.choices.map((choice) => ({
                key: `${filter.key}:${choice.value}`,
                label: choice.sentence,
                checked: filter.value === choice.value,
                onSelect: () => onFilter?.(filter.key, filter.value === choice.value ? undefined : choice.value),
              })),
            )}
          />
        ) : null}
        {actions}
      </div>
      {active.length > 0 ? (
        <ul aria-label={t("ui.filters")} className="flex flex-wrap gap-1.5 px-4 pb-2.5">
          {active.map((filter) => (
            <li key={filter.key} className="flex h-6 items-center gap-1 rounded-full bg-accent-soft pr-1 pl-2.5 text-meta text-accent-ink">
              {filter.choices.find((choice) => choice.value === filter.value)?.sentence ?? `${filter.label}: ${filter.value ?? ""}`}
              <button
                type="button"
                aria-label={t("ui.filter.remove", { name: filter.label })}
                onClick={() => onFilter?.(filter.key, undefined)}
                className="rounded-full p-0.5 hover:bg-hover"
              >
                <X className="size-3" />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </header>
  )
}

function SearchBox({ label, query, onQuery }: { label: string; query: string | undefined; onQuery: (query: string | undefined) => void }) {
  const t = useText()
  const [text, setText] = useState(query ?? "")
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => { clearTimeout(timer.current) }, [])
  const change = (next: string) => {
    setText(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => { onQuery(next.trim() || undefined) }, PAUSE)
  }
  return (
    <div className="relative w-56 max-md:w-auto max-md:flex-1">
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        title={`${t("ui.search")} (/)`}
        data-hotkey="/"
        value={text}
        onChange={(event) => { change(event.target.value) }}
        onKeyDown={(event) => { if (event.key === "Escape") { event.currentTarget.blur(); event.stopPropagation() } }}
        className="h-8 w-full rounded bg-hover pr-2 pl-8 outline-none placeholder:text-ink-3 focus:ring-2 focus:ring-accent-ink/30 max-md:h-10 max-md:text-[16px] [&::-webkit-search-cancel-button]:hidden"
      />
    </div>
  )
}
