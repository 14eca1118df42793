import { Clock, Flame, Minus, SignalHigh, SignalLow, SignalMedium } from "lucide-react"
import type { Ticket } from "@/features/tickets/api"
import { cx } from "@/lib/class-names"
import { spanUnits } from "@/lib/format"
import { useNow } from "@/lib/use-now"
import { useText, type MessageId, type Translate } from "@/lib/i18n"
import { Badge, type Tone } from "@/ui/badge"

const TONES: Record<string, Tone> = { open: "open", waiting: "waiting", resolved: "won", closed: "lost" }
const STATUSES: Record<string, MessageId> = {
  new: "ticket.new",
  "in-progress": "ticket.in_progress",
  escalated: "ticket.escalated",
  "waiting-for-customer": "ticket.waiting_customer",
  "waiting-for-others": "ticket.waiting_others",
  resolved: "ticket.resolved",
  closed: "ticket.closed",
}

export function TicketStatus({ ticket }: { ticket: Ticket }) {
  const t = useText()
  const known = STATUSES[ticket.status]
  const tone = ticket.status === "escalated" ? "breach" : (TONES[ticket.status_category] ?? "open")
  return <Badge tone={tone}>{known ? t(known) : ticket.status}</Badge>
}

const ICONS = { low: SignalLow, medium: SignalMedium, high: SignalHigh, critical: Flame }
const PRIORITIES: Record<string, MessageId> = {
  low: "priority.low",
  medium: "priority.medium",
  high: "priority.high",
  critical: "priority.critical",
}

export function Priority({ priority }: { priority: string }) {
  const t = useText()
  const Icon = ICONS[priority as keyof typeof ICONS] ?? Minus
  const known = PRIORITIES[priority]
  return (
    <span className={cx("flex items-center gap-1.5", priority === "critical" ? "text-breach" : "text-ink-2")}>
      <Icon aria-hidden className="size-4" />
      {known ? t(known) : priority}
    </span>
  )
}

const LATE_SHARE = 0.75

function spanText(t: Translate, milliseconds: number): string {
  const { days, hours, minutes } = spanUnits(milliseconds)
  if (days > 0) return t("span.days", { days, hours })
  return hours > 0 ? t("span.hours", { hours, minutes }) : t("span.minutes", { minutes })
}

interface ClockProps {
  label?: string
  since: string
  due: string | null
  doneAt: string | null
  breached: boolean | null
  paused: boolean
}

/** Time left until a target: amber when three quarters are gone, red when it is too late. */
export function SlaClock({ label, since, due, doneAt, breached, paused }: ClockProps) {
  const t = useText()
  const now = useNow()
  const { tone, text } = read()
  return (
    <span className={cx("figures inline-flex items-center gap-1.5 whitespace-nowrap", tone)}>
      <Clock aria-hidden className="size-3.5" />
      {label ? <span className="text-ink-2">{label}</span> : null}
      {text}
    </span>
  )

  function read(): { tone: string; text: string } {
    if (doneAt) return breached ? { tone: "text-breach", text: t("sla.missed") } : { tone: "text-won", text: t("sla.met") }
    if (!due) return paused ? { tone: "text-waiting", text: t("sla.paused") } : { tone: "text-ink-3", text: "–" }
    const left = Date.parse(due) - now
    if (breached || left < 0) return { tone: "text-breach font-medium", text: t("sla.over", { span: spanText(t, left) }) }
    if (paused) return { tone: "text-waiting", text: t("sla.paused") }
    const gone = 1 - left / (Date.parse(due) - Date.parse(since))
    return { tone: gone >= LATE_SHARE ? "text-waiting font-medium" : "text-ink-2", text: t("sla.left", { span: spanText(t, left) }) }
  }
}

/** The clock that matters now: the first response until it is given, then the resolution. */
export function NextClock({ ticket }: { ticket: Ticket }) {
  const paused = ticket.status_category === "waiting"
  if (!ticket.first_responded_at && ticket.first_response_due_at && !ticket.resolved_at) {
    return <SlaClock since={ticket.opened_at} due={ticket.first_response_due_at} doneAt={null} breached={ticket.first_response_breached} paused={paused} />
  }
  return (
    <SlaClock since={ticket.opened_at} due={ticket.resolution_due_at} doneAt={ticket.resolved_at} breached={ticket.resolution_breached} paused={paused} />
  )
}
