import { useNavigate } from "@tanstack/react-router"
import { Languages, LogOut, Moon, Settings, Sun } from "lucide-react"
import { useState } from "react"

import { useSignOut } from "@/api/session"
import { usePlaces } from "@/app/rail"
import { useLanguage, useText } from "@/lib/i18n"
import { applyTheme } from "@/lib/theme"
import { Palette } from "@/ui/palette"

const ICON = "size-4"

export function CommandPalette({ onClose }: { onClose: () => void }) {
  const t = useText()
  const [query, setQuery] = useState("")
  const navigate = useNavigate()
  const places = usePlaces()
  const signOut = useSignOut()
  const { locale, setLocale } = useLanguage()
  const other = locale === "en" ? "zh" : "en"
  return (
    <Palette
      query={query}
      onQuery={setQuery}
      onClose={onClose}
      groups={[
        {
          title: t("palette.go"),
          items: [
            ...places.map(({ to, label, icon: Icon, key }) => ({
              key: to,
              label: t(label),
              words: to,
              icon: <Icon className={ICON} />,
              shortcut: `g ${key}`,
              onSelect: () => void navigate({ to }),
            })),
            { key: "settings", label: t("nav.settings"), icon: <Settings className={ICON} />, onSelect: () => void navigate({ to: "/settings" }) },
          ],
        },
        {
          title: t("palette.do"),
          items: [
            {
              key: "language",
              label: t("palette.language"),
              words: "language 语言 English 中文",
              icon: <Languages className={ICON} />,
              onSelect: () => { setLocale(other) },
            },
            { key: "light", label: t("palette.light"), words: "theme light", icon: <Sun className={ICON} />, onSelect: () => { applyTheme("light") } },
            { key: "dark", label: t("palette.dark"), words: "theme dark", icon: <Moon className={ICON} />, onSelect: () => { applyTheme("dark") } },
            {
              key: "leave",
              label: t("session.sign_out"),
              words: "sign out",
              icon: <LogOut className={ICON} />,
              onSelect: () => { signOut.mutate(undefined, { onSettled: () => void navigate({ to: "/sign-in", search: {} }) }) },
            },
          ],
        },
      ]}
    />
  )
}
