import type { Locale } from "@/lib/format"
import { keepChoice, readChoice } from "@/lib/storage"

/** The language in use, for code that stands outside the page: requests and their errors. */
let locale: Locale = firstLocale()

function firstLocale(): Locale {
  return chosenLocale() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en")
}

/** What somebody chose by hand in this browser; it goes before the browser's language and the user's own. */
export function chosenLocale(): Locale | null {
  const kept = readChoice("language")
  return kept === "en" || kept === "zh" ? kept : null
}

export function chooseLocale(next: Locale): void {
  keepChoice("language", next)
}

export function currentLocale(): Locale {
  return locale
}

export function setCurrentLocale(next: Locale): void {
  locale = next
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en"
}

export function offlineText(): string {
  return locale === "zh" ? "无法连接服务器" : "The server cannot be reached"
}
