import type { ReactNode } from "react"

/** A list with its head above and, when a record is open, that record beside it. */
export function ListPage({ bar, panel, foot, children }: { bar: ReactNode; panel?: ReactNode; foot?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col">
        {bar}
        <div className="min-h-0 flex-1">{children}</div>
        {foot}
      </div>
      {panel}
    </div>
  )
}
