import { useState } from "react"

import { useMe } from "@/api/session"
import { LanguageSwitch } from "@/app/language-switch"
import { useText } from "@/lib/i18n"
import { applyTheme, currentTheme, THEMES } from "@/lib/theme"
import { Facts } from "@/ui/side-panel"

export function SettingsRoute() {
  const t = useText()
  const me = useMe()
  return (
    <div className="h-full overflow-y-auto">
      <header className="flex h-12 items-center border-b border-line px-4">
        <h1 className="text-title font-semibold">{t("nav.settings")}</h1>
      </header>
      <div className="max-w-140 p-4">
        <Facts
          rows={[
            [t("field.name"), me.name],
            [t("field.email"), me.email],
            [t("settings.language"), <LanguageSwitch key="language" />],
            [t("settings.theme"), <ThemeSwitch key="theme" />],
          ]}
        />
      </div>
    </div>
  )
}

function ThemeSwitch() {
  const t = useText()
  const [theme, setTheme] = useState(currentTheme)
  return (
    <div role="group" aria-label={t("settings.theme")} className="flex gap-1">
      {THEMES.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={theme === one}
          onClick={() => {
            applyTheme(one)
            setTheme(one)
          }}
          className="h-8 rounded px-3 text-ink-2 hover:bg-hover aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-ink max-md:h-11"
        >
          {t(`theme.${one}`)}
        </button>
      ))}
    </div>
  )
}
