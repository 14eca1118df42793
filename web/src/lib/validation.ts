import { z } from "zod"

// Zod would compile its checks with `new Function`, which the content security policy refuses.
z.config({ jitless: true })

export { z }
export { zodResolver } from "@hookform/resolvers/zod"

/** A text field left empty means "nothing known", not an empty text. */
export function orNull(text: string): string | null {
  return text.trim() || null
}
