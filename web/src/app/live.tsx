import { createContext, use, type ReactNode } from "react"

import { useLiveUpdates } from "@/api/live"
import { useMay } from "@/api/session"

const Context = createContext(false)

/** One stream of events for the whole page. */
export function Live({ children }: { children: ReactNode }) {
  return <Context value={useLiveUpdates(useMay()("event:read"))}>{children}</Context>
}

export function useIsLive(): boolean {
  return use(Context)
}
