import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Building2, Check, CircleDollarSign, User } from "lucide-react"
import { useState, type ReactNode } from "react"

import type { Schemas } from "@/api/client"
import { asApiError } from "@/api/problem"
import { matchingAccountsOptions, matchingContactsOptions, pipelinesOptions, useConvertLead, type Convert, type Lead } from "@/features/leads/api"
import { OpportunityFields, useOpportunityFacts } from "@/features/leads/convert-opportunity"
import { leadName } from "@/features/leads/lead-status"
import { formatName } from "@/lib/format"
import { useText } from "@/lib/i18n"
import { Button } from "@/ui/button"
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog"
import { Problem } from "@/ui/problem"

/** Says exactly what a lead will become, lets known records be joined, and shows what it became. */
export function ConvertLead({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const t = useText()
  const convert = useConvertLead()
  if (convert.data) return <Done lead={lead} made={convert.data} onClose={onClose} />
  return (
    <Dialog wide title={t("convert.title", { name: leadName(lead) })} description={t("convert.text")} onClose={onClose}>
      <Plan
        lead={lead}
        busy={convert.isPending}
        error={convert.error}
        onCancel={onClose}
        onConvert={(plan) => { convert.mutate({ id: lead.id, convert: plan }) }}
      />
    </Dialog>
  )
}

interface PlanProps {
  lead: Lead
  busy: boolean
  error: unknown
  onCancel: () => void
  onConvert: (plan: Convert) => void
}

function Plan({ lead, busy, error, onCancel, onConvert }: PlanProps) {
  const t = useText()
  const accounts = useQuery(matchingAccountsOptions(lead.company_name ?? "")).data ?? []
  const contacts = useQuery(matchingContactsOptions(lead.email ?? "")).data ?? []
  const pipelines = useQuery(pipelinesOptions()).data ?? []
  const [accountId, setAccountId] = useState<string>("")
  const [contactId, setContactId] = useState<string>("")
  const opportunity = useOpportunityFacts(lead.company_name ?? leadName(lead), pipelines)
  const refused = error ? asApiError(error) : undefined
  const send = () => {
    if (opportunity.wanted && !opportunity.facts) return
    onConvert({ account_id: accountId || null, contact_id: contactId || null, opportunity: opportunity.facts })
  }
  return (
    <>
      <DialogBody>
        {refused ? <Problem title={refused.message} detail={refused.detail} /> : null}
        <Part icon={<Building2 className="size-4" />} title={t("convert.account")}>
          <Choices
            name="account"
            chosen={accountId}
            onChoose={setAccountId}
            choices={[
              { id: "", label: lead.company_name ? t("convert.account.new", { name: lead.company_name }) : t("convert.account.nameless") },
              ...accounts.map((one) => ({ id: one.id, label: t("convert.existing", { name: one.name }), note: [one.industry, one.country].filter(Boolean).join(" · ") })),
            ]}
          />
        </Part>
        <Part icon={<User className="size-4" />} title={t("convert.contact")}>
          <Choices
            name="contact"
            chosen={contactId}
            onChoose={setContactId}
            choices={[
              { id: "", label: t("convert.contact.new", { name: leadName(lead) }), note: lead.email ?? "" },
              ...contacts.map((one) => ({ id: one.id, label: t("convert.existing", { name: formatName(one.family_name, one.given_name) }), note: one.email ?? "" })),
            ]}
          />
        </Part>
        <Part icon={<CircleDollarSign className="size-4" />} title={t("convert.opportunity")}>
          <OpportunityFields state={opportunity} pipelines={pipelines} />
        </Part>
      </DialogBody>
      <DialogFoot>
        <Button look="quiet" onClick={onCancel}>{t("ui.cancel")}</Button>
        <Button look="primary" busy={busy} onClick={send}>{t("convert.do")}</Button>
      </DialogFoot>
    </>
  )
}

function Part({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[20px_1fr] gap-x-3">
      <span aria-hidden className="mt-0.5 text-ink-3">{icon}</span>
      <div className="flex flex-col gap-2">
        <h3 className="font-semibold">{title}</h3>
        {children}
      </div>
    </section>
  )
}

interface ChoicesProps {
  name: string
  chosen: string
  onChoose: (id: string) => void
  choices: readonly { id: string; label: string; note?: string }[]
}

function Choices({ name, chosen, onChoose, choices }: ChoicesProps) {
  const only = choices.length === 1
  return (
    <ul className="flex flex-col">
      {choices.map((choice) => (
        <li key={choice.id}>
          <label className="flex min-h-8 items-center gap-2 max-md:min-h-11">
            {only ? (
              <Check aria-hidden className="size-4 text-won" />
            ) : (
              <input type="radio" name={name} checked={chosen === choice.id} onChange={() => { onChoose(choice.id) }} />
            )}
            <span>{choice.label}</span>
            <span className="truncate text-ink-3">{choice.note}</span>
          </label>
        </li>
      ))}
    </ul>
  )
}

function Done({ lead, made, onClose }: { lead: Lead; made: Schemas["Converted"]; onClose: () => void }) {
  const t = useText()
  const links = [
    { key: "account", icon: <Building2 className="size-4" />, to: "/accounts", id: made.account_id, label: t("convert.open.account") },
    { key: "contact", icon: <User className="size-4" />, to: "/contacts", id: made.contact_id, label: t("convert.open.contact") },
    { key: "opportunity", icon: <CircleDollarSign className="size-4" />, to: "/opportunities", id: made.opportunity_id, label: t("convert.open.opportunity") },
  ] as const
  return (
    <Dialog title={t("convert.done", { name: leadName(lead) })} onClose={onClose}>
      <DialogBody>
        <ul className="flex flex-col">
          {links.map((link) =>
            link.id ? (
              <li key={link.key}>
                <Link
                  to={link.to}
                  search={{ open: link.id }}
                  className="flex h-9 items-center gap-2.5 rounded px-2 text-accent-ink hover:bg-hover max-md:h-11"
                >
                  {link.icon}
                  {link.label}
                </Link>
              </li>
            ) : null,
          )}
        </ul>
      </DialogBody>
      <DialogFoot>
        <Button look="primary" onClick={onClose} autoFocus>{t("ui.done")}</Button>
      </DialogFoot>
    </Dialog>
  )
}
