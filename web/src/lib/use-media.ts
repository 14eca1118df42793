import { useLayoutEffect, useState, useSyncExternalStore, type RefObject } from "react"

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

/** How wide an element is now, in pixels; 0 before it is there. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const frame = element.current
    if (!frame) return
    const measure = () => { setWidth(frame.offsetWidth) }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(frame)
    return () => { observer.disconnect() }
  }, [element])
  return width
}
