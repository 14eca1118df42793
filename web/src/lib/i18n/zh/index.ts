import { records } from "@/lib/i18n/zh/records"
import { ui } from "@/lib/i18n/zh/ui"
import { work } from "@/lib/i18n/zh/work"

export const zh = { ...ui, ...records, ...work } as const
