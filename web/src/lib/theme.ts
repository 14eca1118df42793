import { keepChoice, readChoice } from "@/lib/storage"

export const THEMES = ["system", "light", "dark"] as const
export type Theme = (typeof THEMES)[number]

export function currentTheme(): Theme {
  const kept = readChoice("theme")
  return THEMES.find((theme) => theme === kept) ?? "system"
}

export function applyTheme(theme: Theme): void {
  keepChoice("theme", theme)
  if (theme === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
