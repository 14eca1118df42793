import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { useForm } from "react-hook-form"

import { isApiError } from "@/api/problem"
import { useSignIn } from "@/api/session"
import { useText } from "@/lib/i18n"
import { Button } from "@/ui/button"
import { Field, Input } from "@/ui/field"
import { Problem } from "@/ui/problem"

interface Values {
  email: string
  password: string
  code: string
}

export function SignIn({ wasSignedOut, onSignedIn }: { wasSignedOut: boolean; onSignedIn: () => void }) {
  const t = useText()
  const { register, handleSubmit, formState } = useForm<Values>({ defaultValues: { email: "", password: "", code: "" } })
  const { mutate, isPending, error } = useSignIn()
  // Only whoever gave the right password is asked for a code; he may still correct what he typed before.
  const [asksForCode, setAsksForCode] = useState(false)
  const send = handleSubmit(({ code, ...given }) => {
    mutate(asksForCode && code ? { ...given, code } : given, {
      onSuccess: onSignedIn,
      onError: (refused) => { if (isApiError(refused, "code-required")) setAsksForCode(true) },
    })
  })
  const refusal = isApiError(error, "bad-credentials") ? t("session.refused") : isApiError(error, "code-required") ? undefined : error?.message
  const required = { required: t("form.required") }
  return (
    <div className="w-full max-w-80">
      <img src="/favicon.svg" alt="" width={36} height={36} />
      <h1 className="mt-5 mb-6 text-large font-semibold">{t("session.title")}</h1>
      {wasSignedOut && !refusal ? <p role="status" className="mb-4 rounded bg-accent-soft px-3 py-2 text-accent-ink">{t("session.expired")}</p> : null}
      <form noValidate onSubmit={(event) => void send(event)} className="flex flex-col gap-4">
        {refusal ? <Problem title={refusal} /> : null}
        <Field label={t("field.email")} error={formState.errors.email?.message}>
          {(own) => <Input {...own} {...register("email", required)} type="email" autoComplete="username" autoFocus className="h-10" />}
        </Field>
        <Field label={t("session.password")} error={formState.errors.password?.message}>
          {(own) => <Input {...own} {...register("password", required)} type="password" autoComplete="current-password" className="h-10" />}
        </Field>
        {asksForCode ? (
          <Field label={t("session.code")} hint={t("session.code_hint")} error={formState.errors.code?.message}>
            {(own) => <Input {...own} {...register("code", required)} inputMode="text" autoComplete="one-time-code" autoFocus className="h-10" />}
          </Field>
        ) : null}
        <Button look="primary" type="submit" busy={isPending} className="h-10">{t("session.sign_in")}</Button>
      </form>
      <Link to="/reset-password" className="mt-6 inline-block text-accent-ink hover:underline">{t("session.forgotten")}</Link>
    </div>
  )
}
