import { CircleAlert, Inbox, Lock } from "lucide-react"
import type { ReactNode } from "react"

import type { Failure } from "@/lib/failure"
import { useText } from "@/lib/i18n"
import { Button } from "@/ui/button"

interface StateProps {
  icon: ReactNode
  title: string
  children?: ReactNode
  action?: ReactNode
}

function Drawn({ icon, title, children, action }: StateProps) {
  return (
    <div className="flex h-full min-h-56 flex-col items-center justify-center gap-2 px-6 py-10 text-center">
      <span aria-hidden className="mb-1 text-ink-3">{icon}</span>
      <h2 className="text-title font-semibold">{title}</h2>
      {children ? <div className="max-w-96 text-ink-2">{children}</div> : null}
      {action ? <div className="mt-3">{action}</div> : null}
    </div>
  )
}

export function Empty({ title, text, action }: { title: string; text?: string | undefined; action?: ReactNode }) {
  return (
    <Drawn icon={<Inbox className="size-7" strokeWidth={1.5} />} title={title} action={action}>
      {text}
    </Drawn>
  )
}

export function Failed({ failure, onRetry }: { failure: Failure; onRetry?: (() => void) | undefined }) {
  const t = useText()
  if (failure.kind === "forbidden") {
    return (
      <Drawn icon={<Lock className="size-7" strokeWidth={1.5} />} title={t("ui.forbidden")}>
        {t("ui.forbidden.text")}
      </Drawn>
    )
  }
  return (
    <div role="alert" className="h-full">
      <Drawn
        icon={<CircleAlert className="size-7 text-breach" strokeWidth={1.5} />}
        title={failure.title}
        action={onRetry ? <Button onClick={onRetry}>{t("ui.retry")}</Button> : null}
      >
        {failure.detail}
        {failure.traceId ? (
          <p className="mt-2 text-meta text-ink-3">
            {t("ui.trace")} <code className="select-all">{failure.traceId}</code>
          </p>
        ) : null}
      </Drawn>
    </div>
  )
}

/** Lines shaped like what comes; they show only when it takes longer than a blink. */
export function Skeleton({ lines = 8 }: { lines?: number }) {
  const t = useText()
  return (
    <div role="status" className="animate-late">
      <span className="sr-only">{t("ui.loading")}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="flex h-9 items-center gap-6 border-b border-line px-4">
          <span className="h-3 w-1/4 animate-pulse rounded-sm bg-hover" />
          <span className="h-3 w-1/6 animate-pulse rounded-sm bg-hover" />
          <span className="h-3 w-1/5 animate-pulse rounded-sm bg-hover max-md:hidden" />
        </div>
      ))}
    </div>
  )
}
