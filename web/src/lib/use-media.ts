import { useSyncExternalStore } from "react"

/** Whether a media query holds now; the page is drawn anew when that changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query)
      list.addEventListener("change", changed)
      return () => { list.removeEventListener("change", changed) }
    },
    () => window.matchMedia(query).matches,
  )
}

export function useIsPhone(): boolean {
  return useMedia("(max-width: 767px)")
}
