import { useQuery } from "@tanstack/react-query"
import { useEffect, useRef, useState, type KeyboardEvent } from "react"

import { usePeople } from "@/api/people"
import { failureOf } from "@/api/problem"
import { useMay, useMe } from "@/api/session"
import { messagesOptions, usePostMessage, type Ticket, type TicketMessage } from "@/features/tickets/api"
import { cx } from "@/lib/class-names"
import { formatTime } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import { Avatar } from "@/ui/badge"
import { Button } from "@/ui/button"
import { TextArea } from "@/ui/field"
import { Failed, Skeleton } from "@/ui/states"
import { useToast } from "@/ui/toast"

/** What was said, oldest first, and the place to answer. */
export function Conversation({ ticket }: { ticket: Ticket }) {
  const t = useText()
  const may = useMay()
  const { data: messages, error, refetch } = useQuery(messagesOptions(ticket.id))
  const failure = failureOf(error)
  const end = useRef<HTMLLIElement>(null)
  const count = messages?.length ?? 0
  useEffect(() => { end.current?.scrollIntoView({ block: "nearest" }) }, [count])
  return (
    <section aria-label={t("tickets.conversation")} className="flex flex-1 flex-col gap-3">
      <ol className="flex flex-1 flex-col gap-3">
        {ticket.description ? <Said who={ticket.contact_name ?? t("ticket.customer")} at={ticket.opened_at} text={ticket.description} kind="inbound" /> : null}
        {messages?.map((message) => <Message key={message.id} message={message} ticket={ticket} />)}
        <li ref={end} />
      </ol>
      {failure ? <Failed failure={failure} onRetry={() => void refetch()} /> : null}
      {messages || failure ? null : <Skeleton lines={3} />}
      {may("ticket:update") && ticket.status_category !== "closed" ? <Composer ticket={ticket} /> : null}
    </section>
  )
}

function Message({ message, ticket }: { message: TicketMessage; ticket: Ticket }) {
  const t = useText()
  const { nameOf } = usePeople()
  const customer = ticket.contact_name ?? t("ticket.customer")
  const who = message.author_id ? nameOf(message.author_id) || t("ticket.colleague") : customer
  return <Said who={who} at={message.posted_at} text={message.body} kind={message.kind} mail={message.mail_status} />
}

interface SaidProps {
  who: string
  at: string
  text: string
  kind: string
  mail?: string | null
}

function Said({ who, at, text, kind, mail }: SaidProps) {
  const t = useText()
  const locale = useLocale()
  const isNote = kind === "note"
  const isOurs = kind === "reply"
  return (
    <li className={cx("flex max-w-[92%] gap-2.5", isOurs && "flex-row-reverse self-end")}>
      <Avatar name={who} />
      <div
        className={cx(
          "min-w-0 rounded-lg px-3 py-2",
          isNote ? "border border-dashed border-waiting/50 bg-waiting-soft" : isOurs ? "bg-accent-soft" : "bg-sunken",
        )}
      >
        <p className="mb-0.5 flex flex-wrap gap-x-2 text-meta text-ink-2">
          <span className="font-medium text-ink">{who}</span>
          <span className="figures">{formatTime(locale, at)}</span>
          {isNote ? <span className="text-waiting">{t("ticket.note")}</span> : null}
          {mail === "failed" ? <span className="text-breach">{t("ticket.mail.failed")}</span> : null}
        </p>
        <p className="break-words whitespace-pre-wrap [&:lang(zh)]:leading-[1.6]">{text}</p>
      </div>
    </li>
  )
}

function Composer({ ticket }: { ticket: Ticket }) {
  const t = useText()
  const me = useMe()
  const toast = useToast()
  const [kind, setKind] = useState<"reply" | "note">("reply")
  const [text, setText] = useState("")
  const { mutate, isPending } = usePostMessage(ticket.id, me.id)
  const send = () => {
    if (!text.trim()) return
    mutate(
      { kind, body: text.trim() },
      {
        onError: (refusal) => {
          // What was written must not be lost with the refusal.
          setText(text)
          toast({ tone: "bad", title: refusal.message, detail: refusal.name === "ApiError" ? undefined : refusal.message })
        },
      },
    )
    setText("")
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault()
      send()
    }
    if (event.key === "Escape") event.preventDefault()
  }
  return (
    <form
      className="sticky -bottom-4 -mx-5 border-t border-line bg-raised px-5 py-3"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div role="group" aria-label={t("ticket.kind")} className="mb-2 flex gap-1">
        {(["reply", "note"] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={kind === one}
            onClick={() => { setKind(one) }}
            className="h-7 rounded px-2.5 text-meta text-ink-2 hover:bg-hover aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-ink max-md:h-11"
          >
            {t(`ticket.kind.${one}`)}
          </button>
        ))}
      </div>
      <TextArea
        aria-label={t(`ticket.kind.${kind}`)}
        placeholder={t(`ticket.placeholder.${kind}`)}
        value={text}
        rows={3}
        onChange={(event) => { setText(event.target.value) }}
        onKeyDown={keys}
        className={kind === "note" ? "bg-waiting-soft!" : undefined}
      />
      <div className="mt-2 flex items-center justify-end gap-3">
        <span className="text-meta text-ink-3 max-md:hidden">Ctrl ↵</span>
        <Button look="primary" type="submit" busy={isPending} disabled={!text.trim()}>{t(`ticket.send.${kind}`)}</Button>
      </div>
    </form>
  )
}
