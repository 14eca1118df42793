/** Dates, numbers, money and names as the reader's language writes them. */
export type Locale = "en" | "zh"

const TAGS: Record<Locale, string> = { en: "en-GB", zh: "zh-CN" }
const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  const found = cache.get(key) ?? make()
  cache.set(key, found)
  return found as T
}

/** How many digits a currency has behind the point, by ISO 4217 as the browser knows it. */
export function exponentOf(currency: string): number {
  try {
    return moneyFormat("en", currency, false).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

function moneyFormat(locale: Locale, currency: string, short: boolean): Intl.NumberFormat {
  return kept(`${locale} ${currency} ${String(short)}`, () => {
    const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const
    const brief = { notation: "compact", maximumFractionDigits: 1 } as const
    return new Intl.NumberFormat(TAGS[locale], short ? { ...style, ...brief } : style)
  })
}

export function formatMoney(
  locale: Locale,
  amountMinor: number,
  currency: string,
  { short = false }: { short?: boolean } = {},
): string {
  const amount = amountMinor / 10 ** exponentOf(currency)
  const format = moneyFormat(locale, currency, short)
  const text = format.format(amount)
  // A price list full of ",00" is noise; what is not whole shows its cents.
  return short || amount % 1 ? text : text.replace(/[.,]0+(?=\D*$)/, "")
}

/** Sums never cross currencies, so they are shown side by side. */
export function formatSums(
  locale: Locale,
  sums: readonly { currency: string; amount_minor: number }[],
  options: { short?: boolean } = { short: true },
): string {
  const shown = sums.filter((one) => one.amount_minor !== 0).sort((a, b) => b.amount_minor - a.amount_minor)
  return shown.map((one) => formatMoney(locale, one.amount_minor, one.currency, options)).join(" · ") || "–"
}

/** What a person types ("12,500.50") in minor units, or null when it is no amount. */
export function parseAmount(text: string, currency: string): number | null {
  const plain = text.replaceAll(/[,\s]/g, "")
  if (!/^\d{1,13}(\.\d*)?$/.test(plain)) return null
  return Math.round(Number(plain) * 10 ** exponentOf(currency))
}

export function formatNumber(locale: Locale, value: number): string {
  return kept(`${locale} number`, () => new Intl.NumberFormat(TAGS[locale])).format(value)
}

export function formatPercent(locale: Locale, share: number): string {
  const options = { style: "percent", maximumFractionDigits: 0 } as const
  return kept(`${locale} percent`, () => new Intl.NumberFormat(TAGS[locale], options)).format(share)
}

export function formatDate(locale: Locale, instant: string): string {
  const options = { year: "numeric", month: "short", day: "numeric" } as const
  const day = instant.length === 10 ? `${instant}T12:00:00` : instant
  return kept(`${locale} date`, () => new Intl.DateTimeFormat(TAGS[locale], options)).format(new Date(day))
}

export function formatTime(locale: Locale, instant: string): string {
  const options = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" } as const
  const format = kept(`${locale} time`, () => new Intl.DateTimeFormat(TAGS[locale], options))
  return format.format(new Date(instant))
}

const CJK = /[\u3400-\u9fff\uf900-\ufaff]/

/** 王小明 is one word, family name first; Ada Lovelace is two, in the other order. */
export function formatName(family: string, given: string | null | undefined): string {
  if (!given) return family
  return CJK.test(family) ? `${family}${given}` : `${given} ${family}`
}

/** "3 h 20 min" of a span in milliseconds; the two largest units are enough. */
export function spanUnits(milliseconds: number): { days: number; hours: number; minutes: number } {
  const minutes = Math.max(0, Math.round(Math.abs(milliseconds) / 60_000))
  return { days: Math.floor(minutes / 1440), hours: Math.floor((minutes % 1440) / 60), minutes: minutes % 60 }
}
