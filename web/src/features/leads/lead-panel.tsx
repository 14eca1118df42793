import { useQuery } from "@tanstack/react-query"
import { ArrowRightLeft, Eye } from "lucide-react"
import { useState } from "react"

import { usePeople } from "@/api/people"
import { failureOf } from "@/api/problem"
import { useMay } from "@/api/session"
import { leadOptions, useRevealPhone, type Lead } from "@/features/leads/api"
import { ConvertLead } from "@/features/leads/convert-lead"
import { EditLead } from "@/features/leads/edit-lead"
import { LeadStatus, leadName } from "@/features/leads/lead-status"
import { formatDate } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import { Button } from "@/ui/button"
import { Person } from "@/ui/person"
import { Facts, SidePanel } from "@/ui/side-panel"
import { Failed, Skeleton } from "@/ui/states"
import { useToast } from "@/ui/toast"

export function LeadPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText()
  const may = useMay()
  const { data: lead, error, refetch } = useQuery(leadOptions(id))
  const [open, setOpen] = useState<"convert" | "edit" | null>(null)
  const failure = failureOf(error)
  const close = () => { setOpen(null) }
  const isLive = lead && !lead.converted_at && !lead.deleted_at && may("lead:update")
  return (
    <SidePanel
      label={t("leads.one")}
      onClose={onClose}
      head={lead ? <Head lead={lead} /> : <p className="text-title">{t("leads.one")}</p>}
      actions={
        isLive ? (
          <>
            <Button look="primary" onClick={() => { setOpen("convert") }}>
              <ArrowRightLeft aria-hidden className="size-4" />
              {t("leads.convert")}
            </Button>
            <Button data-hotkey="e" onClick={() => { setOpen("edit") }}>{t("ui.edit")}</Button>
          </>
        ) : null
      }
    >
      {failure ? <Failed failure={failure} onRetry={() => void refetch()} /> : lead ? <Details lead={lead} /> : <Skeleton lines={6} />}
      {lead && open === "convert" ? <ConvertLead lead={lead} onClose={close} /> : null}
      {lead && open === "edit" ? <EditLead lead={lead} onClose={close} /> : null}
    </SidePanel>
  )
}

function Head({ lead }: { lead: Lead }) {
  return (
    <>
      <h2 className="truncate text-title font-semibold">{leadName(lead)}</h2>
      <p className="mt-0.5 flex items-center gap-2 text-meta text-ink-2">
        <LeadStatus lead={lead} />
        <span className="truncate">{lead.company_name}</span>
      </p>
    </>
  )
}

function Details({ lead }: { lead: Lead }) {
  const t = useText()
  const locale = useLocale()
  const { nameOf } = usePeople()
  return (
    <Facts
      rows={[
        [t("field.company"), lead.company_name],
        [t("field.job"), lead.title],
        [t("field.email"), lead.email ? <a className="text-accent-ink hover:underline" href={`mailto:${lead.email}`}>{lead.email}</a> : null],
        [t("field.phone"), lead.phone ? <Phone lead={lead} /> : null],
        [t("field.source"), lead.source],
        [t("field.owner"), <Person key="owner" name={nameOf(lead.owner_id)} />],
        [t("field.created"), formatDate(locale, lead.created_at)],
        ...(lead.converted_at ? [[t("leads.converted.on"), formatDate(locale, lead.converted_at)] as const] : []),
      ]}
    />
  )
}

/** Lists show the mask; whoever may see more asks for it, and the audit trail remembers. */
function Phone({ lead }: { lead: Lead }) {
  const t = useText()
  const may = useMay()
  const toast = useToast()
  const reveal = useRevealPhone()
  if (reveal.data?.phone) return <a className="text-accent-ink hover:underline" href={`tel:${reveal.data.phone}`}>{reveal.data.phone}</a>
  return (
    <span className="flex items-center gap-2">
      <span className="figures">{lead.phone}</span>
      {may("lead:reveal") ? (
        <Button
          look="quiet"
          className="h-6 px-1.5"
          busy={reveal.isPending}
          onClick={() => { reveal.mutate(lead.id, { onError: (error) => { toast({ tone: "bad", title: error.message }) } }) }}
        >
          <Eye aria-hidden className="size-3.5" />
          {t("ui.reveal")}
        </Button>
      ) : null}
    </span>
  )
}
