import { Outlet, useRouterState } from "@tanstack/react-router"
import { useEffect, useLayoutEffect, useState } from "react"

import { useMe } from "@/api/session"
import { CommandPalette } from "@/app/command-palette"
import { Live } from "@/app/live"
import { PhoneBar, Rail } from "@/app/rail"
import { ShortcutSheet } from "@/app/shortcut-sheet"
import { useHotkeys } from "@/app/use-hotkeys"
import { useLanguage, useText } from "@/lib/i18n"

export function Shell() {
  const t = useText()
  const [open, setOpen] = useState<"palette" | "keys" | null>(null)
  const close = () => { setOpen(null) }
  useHotkeys({ onPalette: () => { setOpen("palette") }, onHelp: () => { setOpen("keys") } })
  useTitle()
  useOwnLanguage()
  return (
    <Live>
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-3">
        {t("page.skip")}
      </a>
      <div className="flex h-full max-md:flex-col-reverse">
        <Rail onPalette={() => { setOpen("palette") }} />
        <PhoneBar />
        <main id="main" className="min-h-0 min-w-0 flex-1 bg-canvas">
          <Outlet />
        </main>
      </div>
      {open === "palette" ? <CommandPalette onClose={close} /> : null}
      {open === "keys" ? <ShortcutSheet onClose={close} /> : null}
    </Live>
  )
}

/** The tab is named after the page's own heading. */
function useTitle() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const t = useText()
  useEffect(() => {
    const timer = setTimeout(() => {
      const heading = document.querySelector("h1")?.textContent
      document.title = heading ? `${heading} · Plexus` : "Plexus"
    }, 60)
    return () => { clearTimeout(timer) }
  }, [path, t])
}

/** The page speaks the user's language, before anything is painted in another. */
function useOwnLanguage() {
  const { locale: own } = useMe()
  const { followLocale } = useLanguage()
  useLayoutEffect(() => { followLocale(own) }, [own, followLocale])
}
