import "@testing-library/jest-dom/vitest"
import { cleanup, configure } from "@testing-library/react"
import { afterEach, beforeEach, vi } from "vitest"

import { setCurrentLocale } from "@/lib/i18n/current"
import { forgetRequests } from "@/testing/network"

// A crowded machine is slow, not broken: only what never comes reaches this limit.
configure({ asyncUtilTimeout: 30_000 })

// The simulated page has no size, and rows that have no room are not drawn.
Object.defineProperties(HTMLElement.prototype, {
  clientHeight: { configurable: true, get: () => 800 },
  clientWidth: { configurable: true, get: () => 1200 },
  offsetWidth: { configurable: true, get: () => 1200 },
})
window.matchMedia = (query: string) =>
  ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", class {
    observe() { return undefined }
    unobserve() { return undefined }
    disconnect() { return undefined }
  })
  vi.stubGlobal("EventSource", class {
    static readonly CLOSED = 2
    addEventListener() { return undefined }
    close() { return undefined }
  })
})

afterEach(() => {
  cleanup()
  forgetRequests()
  localStorage.clear()
  setCurrentLocale("en")
})
