import { Building2, ChartNoAxesColumn, CircleDollarSign, Contact, LifeBuoy, UserPlus, type LucideIcon } from "lucide-react"

import type { MessageId } from "@/lib/i18n"

export interface Place {
  to: "/" | "/leads" | "/opportunities" | "/accounts" | "/contacts" | "/tickets"
  label: MessageId
  icon: LucideIcon
  permission: string
  /** The letter after `g`. */
  key: string
}

/** The pages in the order of the work; what a role may not see is not there. */
export const PLACES: readonly Place[] = [
  { to: "/", label: "nav.dashboard", icon: ChartNoAxesColumn, permission: "opportunity:read", key: "d" },
  { to: "/leads", label: "nav.leads", icon: UserPlus, permission: "lead:read", key: "l" },
  { to: "/opportunities", label: "nav.opportunities", icon: CircleDollarSign, permission: "opportunity:read", key: "o" },
  { to: "/accounts", label: "nav.accounts", icon: Building2, permission: "account:read", key: "a" },
  { to: "/contacts", label: "nav.contacts", icon: Contact, permission: "contact:read", key: "c" },
  { to: "/tickets", label: "nav.tickets", icon: LifeBuoy, permission: "ticket:read", key: "t" },
]
