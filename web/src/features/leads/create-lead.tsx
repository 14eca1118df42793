import { useCreateLead } from "@/features/leads/api"
import { LeadForm } from "@/features/leads/lead-form"
import { useText } from "@/lib/i18n"
import { Dialog } from "@/ui/dialog"
import { useToast } from "@/ui/toast"

export function CreateLead({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const t = useText()
  const toast = useToast()
  const { mutate, isPending, error } = useCreateLead()
  return (
    <Dialog title={t("leads.create")} onClose={onClose}>
      <LeadForm
        submitLabel={t("leads.create.do")}
        busy={isPending}
        error={error}
        onCancel={onClose}
        onSubmit={(facts) => {
          mutate(facts, {
            onSuccess: (made) => {
              const alike = made.possible_duplicates?.length ?? 0
              toast({ title: t("leads.created"), detail: alike > 0 ? t("leads.alike", { count: alike }) : undefined })
              onCreated(made.id)
            },
          })
        }}
      />
    </Dialog>
  )
}
