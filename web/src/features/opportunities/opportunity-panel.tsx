import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { ChevronDown } from "lucide-react"

import { usePeople } from "@/api/people"
import { failureOf } from "@/api/problem"
import { useMay } from "@/api/session"
import { opportunityOptions, type Opportunity, type Stage } from "@/features/opportunities/api"
import { TONES, daysIn } from "@/features/opportunities/opportunity-card"
import { cx } from "@/lib/class-names"
import { formatDate, formatMoney } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import { useNow } from "@/lib/use-now"
import { Badge } from "@/ui/badge"
import { Button } from "@/ui/button"
import { Menu } from "@/ui/menu"
import { Person } from "@/ui/person"
import { Facts, SidePanel } from "@/ui/side-panel"
import { Failed, Skeleton } from "@/ui/states"

interface Props {
  id: string
  stages: readonly Stage[]
  onMove: (opportunity: Opportunity, to: Stage) => void
  onClose: () => void
}

export function OpportunityPanel({ id, stages, onMove, onClose }: Props) {
  const t = useText()
  const may = useMay()
  const { data: one, error, refetch } = useQuery(opportunityOptions(id))
  const failure = failureOf(error)
  const others = stages.filter((stage) => stage.id !== one?.stage_id)
  return (
    <SidePanel
      label={t("opportunities.one")}
      onClose={onClose}
      head={one ? <Head one={one} stages={stages} /> : <p className="text-title">{t("opportunities.one")}</p>}
      actions={
        one && may("opportunity:update") ? (
          <Menu
            label={t("board.move", { name: one.name })}
            trigger={
              <Button>
                {t("opportunities.move")}
                <ChevronDown aria-hidden className="size-4" />
              </Button>
            }
            groups={[others.map((stage) => ({ key: stage.id, label: stage.name, onSelect: () => { onMove(one, stage) } }))]}
          />
        ) : null
      }
    >
      {failure ? <Failed failure={failure} onRetry={() => void refetch()} /> : one ? <Details one={one} /> : <Skeleton lines={6} />}
    </SidePanel>
  )
}

/** The name, and how far along its way the opportunity is. */
function Head({ one, stages }: { one: Opportunity; stages: readonly Stage[] }) {
  const open = stages.filter((stage) => stage.kind === "open")
  const at = open.findIndex((stage) => stage.id === one.stage_id)
  const stage = stages.find((each) => each.id === one.stage_id)
  const reached = one.stage_kind === "won" ? open.length : at
  return (
    <>
      <h2 className="truncate text-title font-semibold">{one.name}</h2>
      <div className="mt-1.5 flex items-center gap-2">
        <span aria-hidden className="flex flex-1 gap-0.5">
          {open.map((each, index) => (
            <span key={each.id} className={cx("h-1.5 flex-1 rounded-full", index <= reached ? "bg-accent" : "bg-line")} />
          ))}
        </span>
        <Badge tone={TONES[one.stage_kind] ?? "open"}>{stage?.name ?? one.stage_kind}</Badge>
      </div>
    </>
  )
}

function Details({ one }: { one: Opportunity }) {
  const t = useText()
  const locale = useLocale()
  const { nameOf } = usePeople()
  const now = useNow()
  const link = "text-accent-ink hover:underline"
  return (
    <Facts
      rows={[
        [t("field.amount"), <span key="amount" className="figures font-medium">{formatMoney(locale, one.amount_minor, one.currency)}</span>],
        [
          t("field.account"),
          one.account_id ? <Link key="account" to="/accounts" search={{ open: one.account_id }} className={link}>{one.account_name}</Link> : null,
        ],
        [
          t("field.contact"),
          one.contact_id ? <Link key="contact" to="/contacts" search={{ open: one.contact_id }} className={link}>{one.contact_name}</Link> : null,
        ],
        [t("field.closes"), one.expected_close_date ? formatDate(locale, one.expected_close_date) : null],
        [t("field.in_stage"), t("board.age", { days: daysIn(one, now) })],
        ...(one.closed_at ? [[t("field.closed"), formatDate(locale, one.closed_at)] as const] : []),
        ...(one.lost_reason ? [[t("lost.reason"), one.lost_reason] as const] : []),
        [t("field.owner"), <Person key="owner" name={nameOf(one.owner_id)} />],
        [t("field.created"), formatDate(locale, one.created_at)],
      ]}
    />
  )
}
