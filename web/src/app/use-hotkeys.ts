import { useNavigate } from "@tanstack/react-router"
import { useEffect } from "react"

import { usePlaces } from "@/app/rail"

const PATIENCE = 900

interface Actions {
  onPalette: () => void
  onHelp: () => void
}

/**
 * One listener for all keys. A control that answers to a letter says so itself by data-hotkey, so a
 * key does exactly what is on the screen, and nothing when it is not there.
 */
export function useHotkeys({ onPalette, onHelp }: Actions): void {
  const navigate = useNavigate()
  const places = usePlaces()
  useEffect(() => {
    let wentAt = 0
    const listen = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault()
        onPalette()
        return
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || isBusy()) return
      if (event.timeStamp - wentAt < PATIENCE) {
        wentAt = 0
        const place = places.find((one) => one.key === event.key)
        if (place) {
          event.preventDefault()
          void navigate({ to: place.to })
          return
        }
      }
      if (event.key === "g") wentAt = event.timeStamp
      else if (event.key === "?") onHelp()
      else if (event.key === "[") window.dispatchEvent(new Event("plexus:rail"))
      else press(event)
    }
    document.addEventListener("keydown", listen)
    return () => { document.removeEventListener("keydown", listen) }
  }, [navigate, places, onPalette, onHelp])
}

function press(event: KeyboardEvent): void {
  if (!/^[a-z/]$/.test(event.key)) return
  const control = document.querySelector<HTMLElement>(`[data-hotkey="${event.key}"]`)
  if (!control) return
  event.preventDefault()
  control.focus()
  // Radix opens a menu on pointerdown or Enter, a plain button on click; a field only takes the focus.
  if (control.ariaHasPopup === "menu") control.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }))
  else if (control.tagName === "BUTTON") control.click()
}

function isTyping(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null
  return element?.isContentEditable === true || /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName ?? "")
}

function isBusy(): boolean {
  return document.querySelector("[role=dialog],[role=menu]") !== null
}
