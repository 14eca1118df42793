import { usePeople } from "@/api/people"
import type { Opportunity } from "@/features/opportunities/api"
import { formatDate, formatMoney } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import { useNow } from "@/lib/use-now"
import { Avatar, type Tone } from "@/ui/badge"
import { CardFace } from "@/ui/board"

export const TONES: Record<string, Tone> = { open: "open", won: "won", lost: "lost" }

const DAY = 86_400_000
const ROTTING_DAYS = 30

export function daysIn(opportunity: Opportunity, now: number): number {
  return Math.floor((now - Date.parse(opportunity.stage_entered_at)) / DAY)
}

export function OpportunityFace({ opportunity, lifted = false }: { opportunity: Opportunity; lifted?: boolean }) {
  const t = useText()
  const locale = useLocale()
  const { nameOf } = usePeople()
  const isOpen = opportunity.stage_kind === "open"
  const days = daysIn(opportunity, useNow())
  const owner = nameOf(opportunity.owner_id)
  const when = opportunity.closed_at ?? opportunity.expected_close_date
  return (
    <CardFace lifted={lifted} edge={isOpen ? (days >= ROTTING_DAYS ? "waiting" : undefined) : TONES[opportunity.stage_kind]}>
      <span className="line-clamp-2 pr-5 font-medium">{opportunity.name}</span>
      {opportunity.account_name && !opportunity.name.startsWith(opportunity.account_name) ? (
        <span className="truncate text-meta text-ink-2">{opportunity.account_name}</span>
      ) : null}
      <span className="flex items-center gap-2">
        <span className="figures font-medium">{formatMoney(locale, opportunity.amount_minor, opportunity.currency)}</span>
        <span className="flex-1" />
        {owner ? <span title={owner}><Avatar name={owner} /></span> : null}
      </span>
      <span className="figures flex justify-between gap-2 text-xs text-ink-3">
        <span>{when ? formatDate(locale, when) : ""}</span>
        {isOpen ? <span className={days >= ROTTING_DAYS ? "text-waiting" : undefined}>{t("board.age", { days })}</span> : null}
      </span>
    </CardFace>
  )
}
