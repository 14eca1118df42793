import { createContext, use, useMemo, useState, type ReactNode } from "react"
import { IntlProvider, useIntl } from "react-intl"

import type { Locale } from "@/lib/format"
import { chooseLocale, chosenLocale, currentLocale, setCurrentLocale } from "@/lib/i18n/current"
import { en } from "@/lib/i18n/en"
import { zh } from "@/lib/i18n/zh"

export type MessageId = keyof typeof en
export type Values = Readonly<Record<string, string | number | boolean | Date>>
export type Translate = (id: MessageId, values?: Values) => string

export const MESSAGES: Record<Locale, Record<MessageId, string>> = { en, zh }

interface Language {
  locale: Locale
  setLocale: (locale: Locale) => void
  /** Take the signed-in user's own language, unless another was chosen by hand in this browser. */
  followLocale: (locale: string) => void
}

const Context = createContext<Language>({ locale: "en", setLocale: () => undefined, followLocale: () => undefined })

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [locale, choose] = useState<Locale>(() => {
    const first = currentLocale()
    setCurrentLocale(first)
    return first
  })
  const language = useMemo(() => {
    const speak = (next: Locale) => {
      setCurrentLocale(next)
      choose(next)
    }
    const setLocale = (next: Locale) => {
      chooseLocale(next)
      speak(next)
    }
    const followLocale = (own: string) => {
      if (chosenLocale() === null && (own === "en" || own === "zh")) speak(own)
    }
    return { locale, setLocale, followLocale }
  }, [locale])
  return (
    <Context value={language}>
      <IntlProvider locale={locale} messages={MESSAGES[locale]}>
        {children}
      </IntlProvider>
    </Context>
  )
}

export function useLanguage(): Language {
  return use(Context)
}

export function useLocale(): Locale {
  return use(Context).locale
}

/** The words of the page: `t("leads.count", { count })`, with ICU plurals and numbers. */
export function useText(): Translate {
  const intl = useIntl()
  return useMemo(() => (id, values) => intl.formatMessage({ id }, values), [intl])
}
