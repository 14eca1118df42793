import { useQueryClient } from "@tanstack/react-query"

import type { Locale } from "@/lib/format"
import { useLanguage, useText } from "@/lib/i18n"

const NAMES: Record<Locale, string> = { en: "English", zh: "中文" }

export function LanguageSwitch() {
  const t = useText()
  const client = useQueryClient()
  const { locale, setLocale } = useLanguage()
  return (
    <div role="group" aria-label={t("settings.language")} className="flex gap-1">
      {(Object.keys(NAMES) as Locale[]).map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={locale === one}
          onClick={() => {
            setLocale(one)
            // What the server words (problem titles) comes again in the new language.
            void client.invalidateQueries()
          }}
          className="h-8 rounded px-3 text-ink-2 hover:bg-hover aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-ink max-md:h-11"
        >
          {NAMES[one]}
        </button>
      ))}
    </div>
  )
}
