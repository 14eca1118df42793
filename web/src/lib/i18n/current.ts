import type { Locale } from "@/lib/format"
import { keepChoice, readChoice } from "@/lib/storage"

/** The language in use, for code that stands outside the page: requests and their errors. */
let locale: Locale = firstLocale()

function firstLocale(): Locale {
  const kept = readChoice("language")
  if (kept === "en" || kept === "zh") return kept
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"
}

export function currentLocale(): Locale {
  return locale
}

export function setCurrentLocale(next: Locale): void {
  locale = next
  keepChoice("language", next)
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en"
}

export function offlineText(): string {
  return locale === "zh" ? "无法连接服务器" : "The server cannot be reached"
}
