import { records } from "@/lib/i18n/en/records"
import { ui } from "@/lib/i18n/en/ui"
import { work } from "@/lib/i18n/en/work"

export const en = { ...ui, ...records, ...work } as const
