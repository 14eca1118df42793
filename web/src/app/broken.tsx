import { Link, useRouter } from "@tanstack/react-router"

import { failureOf } from "@/api/problem"
import { useText } from "@/lib/i18n"
import { Empty, Failed } from "@/ui/states"

export function Broken({ error }: { error: unknown }) {
  const router = useRouter()
  const failure = failureOf(error)
  return failure ? <Failed failure={failure} onRetry={() => void router.invalidate()} /> : null
}

export function Missing() {
  const t = useText()
  return (
    <Empty
      title={t("page.missing")}
      action={
        <Link to="/" className="text-accent-ink hover:underline">
          {t("page.home")}
        </Link>
      }
    />
  )
}
