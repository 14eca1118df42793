import { X } from "lucide-react"
import { useEffect, useRef, type ReactNode } from "react"

import { useText } from "@/lib/i18n"
import { IconButton } from "@/ui/button"

interface SidePanelProps {
  label: string
  head: ReactNode
  actions?: ReactNode
  /** For conversations, which need room. */
  wide?: boolean
  onClose: () => void
  children: ReactNode
}

/** Details beside the list, which stays usable; a sheet on a phone. Esc closes it. */
export function SidePanel({ label, head, actions, wide = false, onClose, children }: SidePanelProps) {
  const t = useText()
  const own = useRef<HTMLElement>(null)
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const elsewhere = document.querySelector("[role=dialog],[role=menu]")
      if (event.key === "Escape" && !event.defaultPrevented && !elsewhere) onClose()
    }
    document.addEventListener("keydown", listen)
    return () => { document.removeEventListener("keydown", listen) }
  }, [onClose])
  return (
    <aside
      ref={own}
      aria-label={label}
      className={
        "flex min-h-0 shrink-0 animate-slide flex-col bg-raised md:w-[420px] md:border-l md:border-line " +
        (wide ? "lg:w-[560px] " : "lg:w-[460px] ") +
        "max-md:fixed max-md:inset-0 max-md:z-30"
      }
    >
      <header className="flex items-start gap-2 border-b border-line py-3 pr-2 pl-5">
        <div className="min-w-0 flex-1">{head}</div>
        <IconButton label={t("ui.close")} shortcut="Esc" onClick={onClose}>
          <X className="size-4" />
        </IconButton>
      </header>
      {actions ? <div className="flex flex-wrap items-center gap-2 border-b border-line px-5 py-2.5">{actions}</div> : null}
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
    </aside>
  )
}

/** Name and value lines; what is missing is a dash, so that the eye keeps its place. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(96px,34%)_1fr] gap-x-3">
      {rows.map(([name, value]) => (
        <div key={name} className="col-span-2 grid grid-cols-subgrid border-b border-line/60 py-1.5 last:border-0">
          <dt className="text-ink-3">{name}</dt>
          <dd className="min-w-0 break-words">{value ?? <span className="text-ink-3">–</span>}</dd>
        </div>
      ))}
    </dl>
  )
}
