import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { act, render } from "@testing-library/react"
import { afterEach, beforeEach, expect, test, vi } from "vitest"

import { useLiveUpdates } from "@/api/live"

/** The browser's own EventSource, played: a line that can open, speak, and be refused. */
class Line {
  static readonly CLOSED = 2
  static opened: Line[] = []
  readyState = 1
  onopen = () => undefined
  onerror = () => undefined
  readonly heard = new Map<string, () => void>()
  constructor(readonly url: string) { Line.opened.push(this) }
  addEventListener(type: string, hear: () => void) { this.heard.set(type, hear) }
  close() { this.readyState = Line.CLOSED }
}

beforeEach(() => {
  vi.useFakeTimers()
  Line.opened = []
  vi.stubGlobal("EventSource", Line)
})
afterEach(() => { vi.useRealTimers() })

function start(mayHear: boolean) {
  const client = new QueryClient()
  const stale = vi.spyOn(client, "invalidateQueries").mockResolvedValue()
  const Page = () => String(useLiveUpdates(mayHear))
  const { container } = render(<QueryClientProvider client={client}><Page /></QueryClientProvider>)
  return { container, keys: () => stale.mock.calls.map(([filters]) => filters?.queryKey?.[0]) }
}

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds))

test("an event makes its lists stale, once for a swarm, and reports a second time", async () => {
  const { container, keys } = start(true)
  const [line] = Line.opened
  act(() => { line?.onopen() })
  for (let count = 0; count < 5; count += 1) line?.heard.get("sales.opportunity.won.v1")?.()

  await pass(200)
  expect(container).toHaveTextContent("true")
  expect(keys()).toEqual(["opportunities", "metrics"])
  await pass(1000)
  expect(keys()).toEqual(["opportunities", "metrics", "metrics"])
})

test("a refused stream is asked for again, and what was missed is looked for", async () => {
  const { container, keys } = start(true)
  const [line] = Line.opened
  act(() => {
    line?.close()
    line?.onerror()
  })

  expect(container).toHaveTextContent("false")
  await pass(15_200)
  expect(Line.opened).toHaveLength(2)
  expect(keys()).toContain("leads")
})

test("a line that was only cut is left to the browser", async () => {
  start(true)
  act(() => { Line.opened[0]?.onerror() })
  await pass(20_000)
  expect(Line.opened).toHaveLength(1)
})

test("whoever may hear no events looks for himself", async () => {
  const { keys } = start(false)
  await pass(15_200)
  expect(Line.opened).toHaveLength(0)
  expect(keys()).toContain("metrics")
})
