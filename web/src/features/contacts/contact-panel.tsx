import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Eye } from "lucide-react"

import { usePeople } from "@/api/people"
import { failureOf } from "@/api/problem"
import { useMay } from "@/api/session"
import { accountNameOptions, contactOptions, useRevealPhone, type Contact } from "@/features/contacts/api"
import { formatDate, formatName } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import { Button } from "@/ui/button"
import { Person } from "@/ui/person"
import { Facts, SidePanel } from "@/ui/side-panel"
import { Failed, Skeleton } from "@/ui/states"
import { useToast } from "@/ui/toast"

export function ContactPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText()
  const { data: contact, error, refetch } = useQuery(contactOptions(id))
  const failure = failureOf(error)
  const name = contact ? formatName(contact.family_name, contact.given_name) : t("contacts.one")
  return (
    <SidePanel
      label={t("contacts.one")}
      onClose={onClose}
      head={
        <>
          <h2 className="truncate text-title font-semibold">{name}</h2>
          <p className="truncate text-meta text-ink-2">{contact?.title}</p>
        </>
      }
    >
      {failure ? <Failed failure={failure} onRetry={() => void refetch()} /> : contact ? <Details contact={contact} /> : <Skeleton lines={6} />}
    </SidePanel>
  )
}

function Details({ contact }: { contact: Contact }) {
  const t = useText()
  const locale = useLocale()
  const { nameOf } = usePeople()
  const account = useQuery(accountNameOptions(contact.account_id)).data
  return (
    <Facts
      rows={[
        [
          t("field.account"),
          contact.account_id && account ? (
            <Link key="account" to="/accounts" search={{ open: contact.account_id }} className="text-accent-ink hover:underline">
              {account.name}
            </Link>
          ) : null,
        ],
        [t("field.email"), contact.email ? <a className="text-accent-ink hover:underline" href={`mailto:${contact.email}`}>{contact.email}</a> : null],
        [t("field.phone"), contact.phone ? <Phone contact={contact} /> : null],
        [t("field.language"), contact.language],
        [t("field.owner"), <Person key="owner" name={nameOf(contact.owner_id)} />],
        [t("field.created"), formatDate(locale, contact.created_at)],
      ]}
    />
  )
}

/** Lists show the mask; whoever may see more asks for it, and the audit trail remembers. */
function Phone({ contact }: { contact: Contact }) {
  const t = useText()
  const may = useMay()
  const toast = useToast()
  const reveal = useRevealPhone()
  if (reveal.data?.phone) return <a className="text-accent-ink hover:underline" href={`tel:${reveal.data.phone}`}>{reveal.data.phone}</a>
  return (
    <span className="flex items-center gap-2">
      <span className="figures">{contact.phone}</span>
      {may("contact:reveal") ? (
        <Button
          look="quiet"
          className="h-6 px-1.5"
          busy={reveal.isPending}
          onClick={() => { reveal.mutate(contact.id, { onError: (error) => { toast({ tone: "bad", title: error.message }) } }) }}
        >
          <Eye aria-hidden className="size-3.5" />
          {t("ui.reveal")}
        </Button>
      ) : null}
    </span>
  )
}
