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

// A stream that was refused (a busy service, a gateway that starts) is asked for again; until then,
// and for those who may hear no events, the page looks for itself.
const LOOK_AGAIN = 15_000

/**
 * Keeps what is on the screen true while others work: every event of the feed makes its lists stale.
 * Tells whether news arrive by themselves now.
 */
export function useLiveUpdates(mayHear: boolean): boolean {
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
    const touch = (names: readonly string[]) => {
      for (const first of names) stale.add(first)
      if (stale.size > 0) timer ??= setTimeout(refresh, GATHER)
    }
    const look = () => { touch(Object.values(TOUCHES).flat()) }
    const onEvent = (type: string) => {
      const [service = "", aggregate = ""] = type.split(".")
      touch(TOUCHES[`${service}.${aggregate}`] ?? [])
    }
    const stop = mayHear ? listen({ onEvent, onLive: setLive, onMissed: look }) : repeat(look)
    return () => {
      clearTimeout(timer)
      clearTimeout(later)
      stop()
    }
  }, [client, mayHear])
  return isLive
}

interface Ear {
  onEvent: (type: string) => void
  onLive: (isLive: boolean) => void
  onMissed: () => void
}

/** Opens the stream; EventSource itself goes on after its last event when the line is cut. */
function listen({ onEvent, onLive, onMissed }: Ear): () => void {
  const types = Object.keys(TOUCHES).map((name) => `${name}.*`)
  let source: EventSource
  let again: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    source = new EventSource(`/api/v1/events/stream?types=${types.join(",")}`)
    // Each event carries its own name, and EventSource wants to be told every name it should hear.
    for (const type of EVENT_TYPES) source.addEventListener(type, () => { onEvent(type) })
    source.onopen = () => { onLive(true) }
    source.onerror = () => {
      onLive(false)
      if (source.readyState !== EventSource.CLOSED) return
      again = setTimeout(() => {
        onMissed()
        open()
      }, LOOK_AGAIN)
    }
  }
  open()
  return () => {
    clearTimeout(again)
    source.close()
  }
}

function repeat(look: () => void): () => void {
  const timer = setInterval(look, LOOK_AGAIN)
  return () => { clearInterval(timer) }
}
