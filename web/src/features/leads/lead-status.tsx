import type { Lead } from "@/features/leads/api"
import { formatName } from "@/lib/format"
import { useText } from "@/lib/i18n"
import { Badge } from "@/ui/badge"

export function leadName(lead: Lead): string {
  return formatName(lead.family_name, lead.given_name)
}

export function LeadStatus({ lead }: { lead: Lead }) {
  const t = useText()
  if (lead.erased_at) return <Badge tone="lost">{t("leads.erased")}</Badge>
  return lead.converted_at ? <Badge tone="won">{t("leads.converted")}</Badge> : <Badge tone="open">{t("leads.open")}</Badge>
}
