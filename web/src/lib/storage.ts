/** Small choices of this browser (theme, language, folded rail); never a token, never a record. */
const PREFIX = "plexus."

export function readChoice(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name)
  } catch {
    return null
  }
}

export function keepChoice(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value)
  } catch {
    // A browser that keeps nothing still works; it asks again next time.
  }
}
