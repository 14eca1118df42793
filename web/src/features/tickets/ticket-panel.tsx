import { useQuery } from "@tanstack/react-query"
import { UserRoundPlus } from "lucide-react"

import { usePeople } from "@/api/people"
import { failureOf } from "@/api/problem"
import { useMay, useMe } from "@/api/session"
import { ticketOptions, useAssign, useTicketVerb, type Ticket, type Verb } from "@/features/tickets/api"
import { Conversation } from "@/features/tickets/conversation"
import { Priority, SlaClock, TicketStatus } from "@/features/tickets/ticket-marks"
import { formatTime } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import { Button } from "@/ui/button"
import { Menu } from "@/ui/menu"
import { Person } from "@/ui/person"
import { Facts, SidePanel } from "@/ui/side-panel"
import { Failed, Skeleton } from "@/ui/states"
import { useToast } from "@/ui/toast"

/** Which verbs make sense now; the server has the last word. */
const NEXT: Record<string, readonly Verb[]> = {
  open: ["resolve", "wait", "close"],
  waiting: ["resume", "resolve", "close"],
  resolved: ["close", "reopen"],
  closed: ["reopen"],
}

export function TicketPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText()
  const may = useMay()
  const { data: ticket, error, refetch } = useQuery(ticketOptions(id))
  const failure = failureOf(error)
  return (
    <SidePanel
      wide
      label={t("tickets.one")}
      onClose={onClose}
      head={ticket ? <Head ticket={ticket} /> : <p className="text-title">{t("tickets.one")}</p>}
      actions={ticket && may("ticket:update") ? <Verbs ticket={ticket} /> : null}
    >
      {failure ? <Failed failure={failure} onRetry={() => void refetch()} /> : ticket ? <Body ticket={ticket} /> : <Skeleton lines={6} />}
    </SidePanel>
  )
}

function Head({ ticket }: { ticket: Ticket }) {
  const t = useText()
  const paused = ticket.status_category === "waiting"
  return (
    <>
      <p className="figures text-meta text-ink-3">{ticket.number}</p>
      <h2 className="text-title font-semibold">{ticket.subject}</h2>
      <p className="mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-1 text-meta">
        <TicketStatus ticket={ticket} />
        <SlaClock
          label={t("sla.first_response")}
          since={ticket.opened_at}
          due={ticket.first_response_due_at}
          doneAt={ticket.first_responded_at}
          breached={ticket.first_response_breached}
          paused={paused}
        />
        <SlaClock
          label={t("sla.resolution")}
          since={ticket.opened_at}
          due={ticket.resolution_due_at}
          doneAt={ticket.resolved_at}
          breached={ticket.resolution_breached}
          paused={paused}
        />
      </p>
    </>
  )
}

function Verbs({ ticket }: { ticket: Ticket }) {
  const t = useText()
  const toast = useToast()
  const { mutate } = useTicketVerb(ticket.id)
  const verbs = NEXT[ticket.status_category] ?? []
  return (
    <>
      {verbs.map((verb, index) => (
        <Button
          key={verb}
          look={index === 0 ? "primary" : "plain"}
          onClick={() => {
            mutate(verb, { onError: (refusal) => { toast({ tone: "bad", title: refusal.message }) } })
          }}
        >
          {t(`ticket.verb.${verb}`)}
        </Button>
      ))}
      <span className="flex-1" />
      <Assignee ticket={ticket} />
    </>
  )
}

function Assignee({ ticket }: { ticket: Ticket }) {
  const t = useText()
  const me = useMe()
  const may = useMay()
  const toast = useToast()
  const { names, nameOf } = usePeople()
  const { mutate } = useAssign(ticket.id)
  const name = nameOf(ticket.owner_id)
  if (!may("ticket:assign") && !may("ticket:update")) return <Person name={name} />
  const give = (ownerId: string | null) => {
    mutate(ownerId, { onError: (refusal) => { toast({ tone: "bad", title: refusal.message }) } })
  }
  const others = [...names].filter(([id]) => id !== me.id)
  return (
    <Menu
      align="end"
      label={t("field.assignee")}
      trigger={
        <Button look="quiet" data-hotkey="a" title={`${t("field.assignee")} (a)`}>
          {name ? <Person name={name} /> : <><UserRoundPlus aria-hidden className="size-4" />{t("ticket.assign")}</>}
        </Button>
      }
      groups={[
        [
          { key: me.id, label: t("ui.me"), checked: ticket.owner_id === me.id, onSelect: () => { give(me.id) } },
          { key: "nobody", label: t("ui.nobody"), checked: ticket.owner_id === null, onSelect: () => { give(null) } },
        ],
        others.map(([id, label]) => ({ key: id, label, checked: ticket.owner_id === id, onSelect: () => { give(id) } })),
      ]}
    />
  )
}

function Body({ ticket }: { ticket: Ticket }) {
  const t = useText()
  const locale = useLocale()
  return (
    <div className="flex min-h-full flex-col">
      <details className="mb-3">
        <summary className="flex h-8 items-center gap-3 text-ink-2">
          <Priority priority={ticket.priority} />
          <span className="truncate">{[ticket.contact_name, ticket.account_name].filter(Boolean).join(" · ")}</span>
          <span className="ml-auto text-meta text-accent-ink">{t("ui.details")}</span>
        </summary>
        <Facts
          rows={[
            [t("field.contact"), ticket.contact_name],
            [t("field.account"), ticket.account_name],
            [t("field.queue"), ticket.queue_name],
            [t("field.category"), ticket.category],
            [t("field.channel"), ticket.channel],
            [t("field.opened"), formatTime(locale, ticket.opened_at)],
            [t("field.csat"), ticket.csat_score === null ? null : t("ticket.csat", { score: ticket.csat_score })],
          ]}
        />
      </details>
      <Conversation ticket={ticket} />
    </div>
  )
}
