import { useForm } from "react-hook-form"

import { asApiError } from "@/api/problem"
import { useCreateTicket } from "@/features/tickets/api"
import { useText } from "@/lib/i18n"
import { orNull, z, zodResolver } from "@/lib/validation"
import { Button } from "@/ui/button"
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog"
import { Field, Input, Select, TextArea } from "@/ui/field"
import { Problem } from "@/ui/problem"

const PRIORITIES = ["low", "medium", "high", "critical"] as const
const CHANNELS = ["email", "phone", "chat", "web"] as const

const schema = z.object({
  subject: z.string().trim().min(1).max(200),
  description: z.string().max(10_000),
  priority: z.enum(PRIORITIES),
  channel: z.enum(CHANNELS),
})
type Values = z.infer<typeof schema>

export function CreateTicket({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const t = useText()
  const { register, handleSubmit, formState } = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { subject: "", description: "", priority: "medium", channel: "phone" },
  })
  const { mutate, isPending, error } = useCreateTicket()
  const refused = error ? asApiError(error) : undefined
  const send = handleSubmit((values) => {
    mutate({ ...values, description: orNull(values.description) }, { onSuccess: (made) => { onCreated(made.id) } })
  })
  return (
    <Dialog title={t("tickets.create")} onClose={onClose}>
      <form noValidate className="contents" onSubmit={(event) => void send(event)}>
        <DialogBody>
          {refused ? <Problem title={refused.message} detail={refused.detail} /> : null}
          <Field label={t("field.subject")} error={formState.errors.subject ? t("form.required") : refused?.about("subject")}>
            {(own) => <Input {...own} {...register("subject")} autoFocus autoComplete="off" />}
          </Field>
          <Field label={t("field.description")} error={refused?.about("description")}>
            {(own) => <TextArea {...own} {...register("description")} rows={5} />}
          </Field>
          <div className="grid grid-cols-2 gap-3">
            <Field label={t("field.priority")}>
              {(own) => (
                <Select {...own} {...register("priority")}>
                  {PRIORITIES.map((one) => <option key={one} value={one}>{t(`priority.${one}`)}</option>)}
                </Select>
              )}
            </Field>
            <Field label={t("field.channel")}>
              {(own) => (
                <Select {...own} {...register("channel")}>
                  {CHANNELS.map((one) => <option key={one} value={one}>{t(`channel.${one}`)}</option>)}
                </Select>
              )}
            </Field>
          </div>
        </DialogBody>
        <DialogFoot>
          <Button look="quiet" onClick={onClose}>{t("ui.cancel")}</Button>
          <Button look="primary" type="submit" busy={isPending}>{t("tickets.create.do")}</Button>
        </DialogFoot>
      </form>
    </Dialog>
  )
}
