import { useQueryClient } from "@tanstack/react-query"
import { useState } from "react"

import { isApiError } from "@/api/problem"
import { leadOptions, useUpdateLead, type Lead } from "@/features/leads/api"
import { LeadForm, type LeadFacts } from "@/features/leads/lead-form"
import { useText } from "@/lib/i18n"
import { Button } from "@/ui/button"
import { Conflict } from "@/ui/conflict"
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog"
import { useToast } from "@/ui/toast"

/** Changes a lead; when somebody was faster, both versions stand side by side and one is chosen. */
export function EditLead({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const t = useText()
  const toast = useToast()
  const client = useQueryClient()
  const { mutate, isPending, error } = useUpdateLead()
  const [conflict, setConflict] = useState<{ mine: LeadFacts; theirs: Lead } | null>(null)
  const save = (facts: LeadFacts, onto: Lead) => {
    mutate(
      { lead: onto, change: facts },
      {
        onSuccess: () => {
          toast({ title: t("ui.saved") })
          onClose()
        },
        onError: (refusal) => {
          if (!isApiError(refusal, "stale-version")) return
          void client.fetchQuery({ ...leadOptions(lead.id), staleTime: 0 }).then((theirs) => {
            setConflict({ mine: facts, theirs })
          })
        },
      },
    )
  }
  if (conflict) {
    const names = { family_name: "field.family_name", given_name: "field.given_name", company_name: "field.company", email: "field.email", title: "field.job", source: "field.source" } as const
    const rows = Object.entries(names).map(([name, label]) => {
      const key = name as keyof typeof names
      return { label: t(label), mine: conflict.mine[key] ?? "", theirs: conflict.theirs[key] ?? "" }
    })
    return (
      <Dialog title={t("conflict.title")} description={t("conflict.text")} onClose={onClose}>
        <DialogBody>
          <Conflict rows={rows} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>{t("conflict.theirs")}</Button>
          <Button look="primary" busy={isPending} onClick={() => { save(conflict.mine, conflict.theirs) }}>
            {t("conflict.mine")}
          </Button>
        </DialogFoot>
      </Dialog>
    )
  }
  return (
    <Dialog title={t("leads.edit")} onClose={onClose}>
      <LeadForm
        lead={lead}
        submitLabel={t("ui.save")}
        busy={isPending}
        error={error}
        onCancel={onClose}
        onSubmit={(facts) => { save(facts, lead) }}
      />
    </Dialog>
  )
}
