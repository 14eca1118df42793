/** What a list keeps in the address: the words searched, the order, the open record, and filters. */
export interface ListSearch {
  q?: string
  sort?: string
  open?: string
  [filter: string]: string | undefined
}

export type ChangeSearch = (patch: ListSearch) => void

/** Keeps the texts of an address and drops whatever else somebody typed there. */
export function parseListSearch(raw: Record<string, unknown>): ListSearch {
  const texts = Object.entries(raw).map(([key, value]) => [key, typeof value === "number" ? String(value) : value])
  return Object.fromEntries(texts.filter(([, value]) => typeof value === "string" && value !== ""))
}

/** The next order of a column: down, up, and back to the list's own. */
export function nextSort(now: string | undefined, column: string): string | undefined {
  if (now === column) return `-${column}`
  return now === `-${column}` ? undefined : column
}
