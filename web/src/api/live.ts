import { useQueryClient } from "@tanstack/react-query"
import { useEffect, useState } from "react"

import { EVENT_TYPES } from "@/api/event-types"

/** What goes stale when a topic's aggregate changes: the first words of the query keys. */
const TOUCHES: Record<string, readonly string[]> = {
  "sales.lead": ["leads"],
  "sales.opportunity": ["opportunities", "metrics"],
  "sales.pipeline": ["pipelines", "metrics"],
  "customer.account": ["accounts"],
  "customer.contact": ["contacts"],
  "ticketing.ticket": ["tickets"],
  "ticketing.ticket-message": ["tickets"],
}

// Events come in swarms (a conversion is four of them); one refresh serves them all.
const GATHER = 150
// The feed may be a step ahead of a report that is built from the same log.
const REPORTS_FOLLOW = 1000

/**
 * Keeps what is on the screen true while others work: every event of the feed makes its lists stale.
 * EventSource reconnects by itself and names the last event it saw, so nothing is missed.
 */
export function useLiveUpdates(): boolean {
  const client = useQueryClient()
  const [isLive, setLive] = useState(false)
  useEffect(() => {
    const stale = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    let later: ReturnType<typeof setTimeout> | undefined
    const refresh = () => {
      timer = undefined
      for (const first of stale) void client.invalidateQueries({ queryKey: [first] })
      if (stale.has("metrics")) later = setTimeout(() => void client.invalidateQueries({ queryKey: ["metrics"] }), REPORTS_FOLLOW)
      stale.clear()
    }
    const hear = (type: string) => {
      const [service = "", aggregate = ""] = type.split(".")
      for (const first of TOUCHES[`${service}.${aggregate}`] ?? []) stale.add(first)
      if (stale.size > 0) timer ??= setTimeout(refresh, GATHER)
    }
    const types = Object.keys(TOUCHES).map((name) => `${name}.*`)
    const source = new EventSource(`/api/v1/events/stream?types=${types.join(",")}`)
    // Each event carries its own name, and EventSource wants to be told every name it should hear.
    for (const type of EVENT_TYPES) source.addEventListener(type, () => { hear(type) })
    source.onopen = () => { setLive(true) }
    source.onerror = () => { setLive(false) }
    return () => {
      clearTimeout(timer)
      clearTimeout(later)
      source.close()
    }
  }, [client])
  return isLive
}
