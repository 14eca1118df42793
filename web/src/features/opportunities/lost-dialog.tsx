import { useState } from "react"

import { useText } from "@/lib/i18n"
import { Button } from "@/ui/button"
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog"
import { Field, Input } from "@/ui/field"

const COMMON = ["price", "competitor", "no_budget", "no_answer", "timing"] as const

/** An opportunity is not lost without a reason. */
export function LostDialog({ name, onGiven, onCancel }: { name: string; onGiven: (reason: string) => void; onCancel: () => void }) {
  const t = useText()
  const [reason, setReason] = useState("")
  const [isMissing, setMissing] = useState(false)
  return (
    <Dialog title={t("lost.title")} description={name} onClose={onCancel}>
      <form
        noValidate
        className="contents"
        onSubmit={(event) => {
          event.preventDefault()
          if (reason.trim()) onGiven(reason.trim())
          else setMissing(true)
        }}
      >
        <DialogBody>
          <Field label={t("lost.reason")} error={isMissing && !reason.trim() ? t("form.required") : undefined}>
            {(own) => <Input {...own} autoFocus maxLength={200} value={reason} onChange={(event) => { setReason(event.target.value) }} />}
          </Field>
          <div role="group" aria-label={t("lost.common")} className="flex flex-wrap gap-1.5">
            {COMMON.map((key) => (
              <Button key={key} className="h-7 rounded-full!" onClick={() => { setReason(t(`lost.${key}`)) }}>
                {t(`lost.${key}`)}
              </Button>
            ))}
          </div>
        </DialogBody>
        <DialogFoot>
          <Button look="quiet" onClick={onCancel}>{t("ui.cancel")}</Button>
          <Button look="primary" type="submit">{t("lost.do")}</Button>
        </DialogFoot>
      </form>
    </Dialog>
  )
}
