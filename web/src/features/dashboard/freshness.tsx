import { FormattedRelativeTime } from "react-intl"

import { cx } from "@/lib/class-names"
import { useText } from "@/lib/i18n"
import { useNow } from "@/lib/use-now"

/** How old the newest event in these figures is, and whether news arrive by themselves. */
export function Freshness({ asOf, isLive }: { asOf: string | null; isLive: boolean }) {
  const t = useText()
  const now = useNow()
  const seconds = asOf ? Math.min(0, Math.round((Date.parse(asOf) - now) / 1000)) : 0
  return (
    <p className="figures flex items-center gap-2 text-meta text-ink-3">
      <span aria-hidden className={cx("size-2 rounded-full", isLive ? "bg-won" : "bg-lost/50")} />
      <span>{isLive ? t("dashboard.live") : t("dashboard.paused")}</span>
      {asOf ? (
        <span title={asOf}>
          {t("dashboard.as_of")} <FormattedRelativeTime {...unitOf(seconds)} numeric="auto" style="short" />
        </span>
      ) : null}
    </p>
  )
}

function unitOf(seconds: number): { value: number; unit: "second" | "minute" | "hour" | "day" } {
  if (seconds > -60) return { value: seconds, unit: "second" }
  if (seconds > -3600) return { value: Math.round(seconds / 60), unit: "minute" }
  if (seconds > -86_400) return { value: Math.round(seconds / 3600), unit: "hour" }
  return { value: Math.round(seconds / 86_400), unit: "day" }
}
