import { infiniteQueryOptions, useInfiniteQuery, type InfiniteData } from "@tanstack/react-query"
import { useCallback, useMemo } from "react"

import { failureOf } from "@/api/problem"

export interface Page<T> {
  items: T[]
  next_cursor: string | null
  total: { count: number; capped: boolean }
}

/** In types a list item has every field optional (sparse fields); a list that asks for none gets all. */
export type Whole<T> = { [K in keyof T]-?: Exclude<T[K], undefined> }

export const PAGE_SIZE = 50

/** A list that goes on as one scrolls; the key names the resource first, so that all its lists go stale at once. */
export function listOptions<T>(
  resource: string,
  query: Readonly<Record<string, unknown>>,
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
) {
  return infiniteQueryOptions({
    queryKey: [resource, "list", query] as const,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    // What was on the screen stays there, dimmed, until the new rows are here.
    placeholderData: (before) => before,
  })
}

function rowsOf<T>(data: InfiniteData<Page<T>> | undefined): T[] {
  return data?.pages.flatMap((page) => page.items) ?? []
}

/** The same list with one row changed or gone: what an optimistic write shows before the answer. */
export function withRow<T extends { id: string }>(
  data: InfiniteData<Page<T>, string | undefined> | undefined,
  id: string,
  change: (row: T) => T | null,
): InfiniteData<Page<T>, string | undefined> | undefined {
  if (!data) return data
  const changed = (rows: T[]) => rows.flatMap((row) => (row.id === id ? (change(row) ?? []) : row))
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: changed(page.items) })) }
}

/** A list as a table takes it: its rows, its size, what went wrong, and how to go on. */
export function useList<T>(options: ReturnType<typeof listOptions<T>>) {
  const { data, error, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(options)
  const rows = useMemo(() => rowsOf(data), [data])
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const onRetry = useCallback(() => void refetch(), [refetch])
  // A refresh that fails leaves on the screen what is there already.
  const failure = data ? undefined : failureOf(error)
  return { rows, total: data?.pages[0]?.total, failure, loading: isPending, stale: isPlaceholderData, hasMore: hasNextPage, onEnd, onRetry }
}
