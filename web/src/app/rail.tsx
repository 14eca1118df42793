import { Link, useNavigate } from "@tanstack/react-router"
import { ChevronsUpDown, Languages, LogOut, Monitor, Moon, PanelLeft, Search, Settings, Sun } from "lucide-react"
import { useEffect, useState } from "react"

import { useMay, useMe, useSignOut } from "@/api/session"
import { PLACES, type Place } from "@/app/navigation"
import { cx } from "@/lib/class-names"
import { useLanguage, useText } from "@/lib/i18n"
import { keepChoice, readChoice } from "@/lib/storage"
import { applyTheme, currentTheme, THEMES } from "@/lib/theme"
import { Avatar } from "@/ui/badge"
import { IconButton } from "@/ui/button"
import { Menu } from "@/ui/menu"

export function usePlaces(): readonly Place[] {
  const may = useMay()
  return PLACES.filter((place) => may(place.permission))
}

export function Rail({ onPalette }: { onPalette: () => void }) {
  const t = useText()
  const places = usePlaces()
  const [isFolded, setFolded] = useState(() => readChoice("rail") === "folded")
  const fold = (folded: boolean) => {
    setFolded(folded)
    keepChoice("rail", folded ? "folded" : "open")
  }
  useEffect(() => {
    const listen = (event: Event) => { if (event.type === "plexus:rail") fold(readChoice("rail") !== "folded") }
    window.addEventListener("plexus:rail", listen)
    return () => { window.removeEventListener("plexus:rail", listen) }
  }, [])
  return (
    <nav aria-label={t("nav.main")} className={cx("flex shrink-0 flex-col gap-0.5 border-r border-line bg-sunken p-2 max-md:hidden", isFolded ? "w-14" : "w-55")}>
      <div className="mb-1 flex h-9 items-center gap-2 pl-1.5">
        <img src="/favicon.svg" alt="" width={22} height={22} />
        {isFolded ? null : <span className="flex-1 font-semibold">Plexus</span>}
        {isFolded ? null : (
          <IconButton label={t("nav.fold")} shortcut="[" onClick={() => { fold(true) }}>
            <PanelLeft className="size-4" />
          </IconButton>
        )}
      </div>
      {isFolded ? (
        <IconButton label={t("nav.unfold")} shortcut="[" className="w-10" onClick={() => { fold(false) }}>
          <PanelLeft className="size-4" />
        </IconButton>
      ) : null}
      <button
        type="button"
        onClick={onPalette}
        aria-label={isFolded ? t("palette.open") : undefined}
        title={`${t("palette.open")} (Ctrl K)`}
        className={cx("mb-2 flex h-8 items-center gap-2.5 rounded px-2.5 text-ink-3 hover:bg-hover", !isFolded && "border border-line bg-raised")}
      >
        <Search aria-hidden className="size-4 shrink-0" />
        {isFolded ? null : <span className="flex-1 text-left">{t("ui.search")}</span>}
        {isFolded ? null : <kbd aria-hidden className="text-xs">Ctrl K</kbd>}
      </button>
      {places.map((place) => (
        <RailLink key={place.to} place={place} isFolded={isFolded} />
      ))}
      <span className="flex-1" />
      <UserMenu isFolded={isFolded} />
    </nav>
  )
}

function RailLink({ place, isFolded }: { place: Place; isFolded: boolean }) {
  const t = useText()
  const Icon = place.icon
  return (
    <Link
      to={place.to}
      activeOptions={{ exact: place.to === "/", includeSearch: false }}
      aria-label={t(place.label)}
      title={`${t(place.label)} (g ${place.key})`}
      className="flex h-8 items-center gap-2.5 rounded px-2.5 text-ink-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink"
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      {isFolded ? null : <span className="truncate">{t(place.label)}</span>}
    </Link>
  )
}

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon }

function UserMenu({ isFolded }: { isFolded: boolean }) {
  const t = useText()
  const me = useMe()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { locale, setLocale } = useLanguage()
  const [theme, setTheme] = useState(currentTheme)
  const leave = () => {
    signOut.mutate(undefined, { onSettled: () => void navigate({ to: "/sign-in", search: {} }) })
  }
  return (
    <Menu
      side="top"
      label={t("nav.account")}
      trigger={
        <button type="button" aria-label={isFolded ? me.name : undefined} title={t("nav.account")} className="flex h-10 w-full items-center gap-2 rounded px-2 text-left hover:bg-hover">
          <Avatar name={me.name} />
          {isFolded ? null : <span className="min-w-0 flex-1 truncate">{me.name}</span>}
          {isFolded ? null : <ChevronsUpDown aria-hidden className="size-3.5 text-ink-3" />}
        </button>
      }
      groups={[
        [{ key: "settings", label: t("nav.settings"), icon: <Settings className="size-4" />, onSelect: () => void navigate({ to: "/settings" }) }],
        [
          { key: "en", label: "English", checked: locale === "en", onSelect: () => { setLocale("en") } },
          { key: "zh", label: "中文", checked: locale === "zh", onSelect: () => { setLocale("zh") } },
        ],
        THEMES.map((one) => ({
          key: one,
          label: t(`theme.${one}`),
          checked: theme === one,
          onSelect: () => {
            applyTheme(one)
            setTheme(one)
          },
        })),
        [{ key: "leave", label: t("session.sign_out"), icon: <LogOut className="size-4" />, onSelect: leave }],
      ]}
    />
  )
}

const IN_REACH = 4

/** A phone has its pages at the bottom, where the thumb is. */
export function PhoneBar() {
  const t = useText()
  const places = usePlaces()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { locale, setLocale } = useLanguage()
  const ThemeIcon = THEME_ICONS[currentTheme()]
  const look = "flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-xs text-ink-2 aria-[current=page]:text-accent-ink"
  return (
    <nav aria-label={t("nav.main")} className="flex shrink-0 border-t border-line bg-raised pb-safe md:hidden">
      {places.slice(0, IN_REACH).map(({ to, label, icon: Icon }) => (
        <Link key={to} to={to} activeOptions={{ exact: to === "/", includeSearch: false }} className={look}>
          <Icon aria-hidden className="size-5" />
          <span className="max-w-full truncate px-0.5">{t(label)}</span>
        </Link>
      ))}
      <Menu
        side="top"
        align="end"
        label={t("nav.more")}
        trigger={
          <button type="button" className={look}>
            <PanelLeft aria-hidden className="size-5" />
            {t("nav.more")}
          </button>
        }
        groups={[
          places.slice(IN_REACH).map(({ to, label, icon: Icon }) => ({
            key: to,
            label: t(label),
            icon: <Icon className="size-4" />,
            onSelect: () => void navigate({ to }),
          })),
          [
            { key: "settings", label: t("nav.settings"), icon: <ThemeIcon className="size-4" />, onSelect: () => void navigate({ to: "/settings" }) },
            {
              key: "language",
              label: locale === "en" ? "中文" : "English",
              icon: <Languages className="size-4" />,
              onSelect: () => { setLocale(locale === "en" ? "zh" : "en") },
            },
          ],
          [
            {
              key: "leave",
              label: t("session.sign_out"),
              icon: <LogOut className="size-4" />,
              onSelect: () => { signOut.mutate(undefined, { onSettled: () => void navigate({ to: "/sign-in", search: {} }) }) },
            },
          ],
        ]}
      />
    </nav>
  )
}
