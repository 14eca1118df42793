import { useForm } from "react-hook-form"

import { asApiError } from "@/api/problem"
import type { Lead } from "@/features/leads/api"
import { useText } from "@/lib/i18n"
import { orNull, z, zodResolver } from "@/lib/validation"
import { Button } from "@/ui/button"
import { DialogBody, DialogFoot } from "@/ui/dialog"
import { Field, Input } from "@/ui/field"
import { Problem } from "@/ui/problem"

const text = z.string().max(200)
const schema = z.object({
  family_name: text.trim().min(1, "required"),
  given_name: text,
  company_name: text,
  email: z.union([z.literal(""), z.email("email")]),
  phone: text,
  title: text,
  source: text,
})
type Values = z.infer<typeof schema>

const OPTIONAL = ["given_name", "company_name", "email", "title", "source"] as const

export type LeadFacts = Record<(typeof OPTIONAL)[number], string | null> & { family_name: string; phone?: string | null }

interface Props {
  lead?: Lead
  submitLabel: string
  busy: boolean
  error: unknown
  onSubmit: (facts: LeadFacts) => void
  onCancel: () => void
}

/** The fields of a person one might do business with; new and known ones alike. */
export function LeadForm({ lead, submitLabel, busy, error, onSubmit, onCancel }: Props) {
  const t = useText()
  const { register, handleSubmit, formState } = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: {
      family_name: lead?.family_name ?? "",
      given_name: lead?.given_name ?? "",
      company_name: lead?.company_name ?? "",
      email: lead?.email ?? "",
      // What is shown of a number is its mask; left alone it stays as it is.
      phone: "",
      title: lead?.title ?? "",
      source: lead?.source ?? "",
    },
  })
  const refused = error ? asApiError(error) : undefined
  const wrong = (name: keyof Values) => {
    const message = formState.errors[name]?.message
    if (message === "required") return t("form.required")
    if (message === "email") return t("form.email")
    return message ? t("form.invalid") : refused?.about(name)
  }
  const send = handleSubmit((values) => {
    const facts = Object.fromEntries(OPTIONAL.map((name) => [name, orNull(values[name])]))
    const phone = values.phone.trim() ? { phone: values.phone.trim() } : {}
    onSubmit({ ...facts, ...phone, family_name: values.family_name } as LeadFacts)
  })
  return (
    <form noValidate className="contents" onSubmit={(event) => void send(event)}>
      <DialogBody>
        {refused ? <Problem title={refused.message} detail={refused.detail} /> : null}
        <div className="grid grid-cols-2 gap-3">
          <Field label={t("field.family_name")} error={wrong("family_name")}>
            {(own) => <Input {...own} {...register("family_name")} autoFocus autoComplete="off" />}
          </Field>
          <Field label={t("field.given_name")} error={wrong("given_name")}>
            {(own) => <Input {...own} {...register("given_name")} autoComplete="off" />}
          </Field>
        </div>
        <Field label={t("field.company")} error={wrong("company_name")}>
          {(own) => <Input {...own} {...register("company_name")} autoComplete="off" />}
        </Field>
        <Field label={t("field.email")} error={wrong("email")}>
          {(own) => <Input {...own} {...register("email")} type="email" autoComplete="off" />}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label={t("field.phone")} error={wrong("phone")} hint={lead?.phone ? t("leads.phone.kept", { phone: lead.phone }) : undefined}>
            {(own) => <Input {...own} {...register("phone")} type="tel" autoComplete="off" />}
          </Field>
          <Field label={t("field.job")} error={wrong("title")}>
            {(own) => <Input {...own} {...register("title")} autoComplete="off" />}
          </Field>
        </div>
        <Field label={t("field.source")} error={wrong("source")}>
          {(own) => <Input {...own} {...register("source")} autoComplete="off" />}
        </Field>
      </DialogBody>
      <DialogFoot>
        <Button look="quiet" onClick={onCancel}>{t("ui.cancel")}</Button>
        <Button look="primary" type="submit" busy={busy}>{submitLabel}</Button>
      </DialogFoot>
    </form>
  )
}
