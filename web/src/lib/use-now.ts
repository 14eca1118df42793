import { useEffect, useState } from "react"

const TICK = 15_000

/** The present in milliseconds, which moves on while somebody looks. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => { setNow(Date.now()) }, TICK)
    return () => { clearInterval(timer) }
  }, [])
  return now
}
