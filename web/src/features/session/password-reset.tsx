import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { useForm } from "react-hook-form"

import { useAskPasswordReset, useConfirmPasswordReset } from "@/api/session"
import { useText } from "@/lib/i18n"
import { Button } from "@/ui/button"
import { Field, Input } from "@/ui/field"
import { Problem } from "@/ui/problem"

/** Without a token it asks whom to mail a link to; with the token of such a link it takes the new password. */
export function PasswordReset({ token }: { token: string | undefined }) {
  const t = useText()
  return (
    <Titled title={t("session.reset_title")}>
      {token === undefined ? <AskForLink /> : <ChoosePassword token={token} again={<Link to="/reset-password" className="underline">{t("session.reset_again")}</Link>} />}
    </Titled>
  )
}

/** Whoever is invited chooses his first password; another link is for his administrator to send. */
export function Invitation({ token }: { token: string }) {
  const t = useText()
  return (
    <Titled title={t("session.invitation_title")}>
      <p className="mb-4">{t("session.invitation_hint")}</p>
      <ChoosePassword token={token} again={t("session.invitation_again")} />
    </Titled>
  )
}

function Titled({ title, children }: { title: string; children: ReactNode }) {
  const t = useText()
  return (
    <div className="w-full max-w-80">
      <img src="/favicon.svg" alt="" width={36} height={36} />
      <h1 className="mt-5 mb-6 text-large font-semibold">{title}</h1>
      {children}
      <Link to="/sign-in" search={{}} className="mt-6 inline-block text-accent-ink hover:underline">{t("session.reset_back")}</Link>
    </div>
  )
}

function AskForLink() {
  const t = useText()
  const { register, handleSubmit, formState } = useForm({ defaultValues: { email: "" } })
  const { mutate, isPending, isSuccess, error } = useAskPasswordReset()
  const send = handleSubmit((values) => { mutate(values) })
  if (isSuccess) return <Done>{t("session.reset_sent")}</Done>
  return (
    <form noValidate onSubmit={(event) => void send(event)} className="flex flex-col gap-4">
      <p>{t("session.reset_ask")}</p>
      {error ? <Problem title={error.message} /> : null}
      <Field label={t("field.email")} error={formState.errors.email?.message}>
        {(own) => <Input {...own} {...register("email", { required: t("form.required") })} type="email" autoComplete="username" autoFocus className="h-10" />}
      </Field>
      <Button look="primary" type="submit" busy={isPending} className="h-10">{t("session.reset_send")}</Button>
    </form>
  )
}

function ChoosePassword({ token, again }: { token: string; again: ReactNode }) {
  const t = useText()
  const { register, handleSubmit, formState } = useForm({ defaultValues: { password: "" } })
  const { mutate, isPending, isSuccess, error } = useConfirmPasswordReset()
  const send = handleSubmit((values) => { mutate({ token, ...values }) })
  if (isSuccess) return <Done>{t("session.reset_done")}</Done>
  return (
    <form noValidate onSubmit={(event) => void send(event)} className="flex flex-col gap-4">
      {error ? (
        <Problem title={error.message}>{again}</Problem>
      ) : null}
      <Field label={t("session.reset_new")} error={formState.errors.password?.message}>
        {(own) => <Input {...own} {...register("password", { required: t("form.required") })} type="password" autoComplete="new-password" autoFocus className="h-10" />}
      </Field>
      <Button look="primary" type="submit" busy={isPending} className="h-10">{t("session.reset_save")}</Button>
    </form>
  )
}

function Done({ children }: { children: ReactNode }) {
  return <p role="status" className="rounded bg-accent-soft px-3 py-2 text-accent-ink">{children}</p>
}
