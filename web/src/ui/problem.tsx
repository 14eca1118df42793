import { CircleAlert } from "lucide-react"
import type { ReactNode } from "react"

/** Why something was refused, where it was asked for. */
export function Problem({ title, detail, children }: { title: string; detail?: string | undefined; children?: ReactNode }) {
  return (
    <div role="alert" className="flex gap-2.5 rounded bg-breach-soft px-3 py-2.5 text-breach">
      <CircleAlert aria-hidden className="mt-px size-4 shrink-0" />
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        {detail ? <p>{detail}</p> : null}
        {children}
      </div>
    </div>
  )
}
