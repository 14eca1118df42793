import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query"

import { withRow } from "@/api/lists"
import {
  move,
  opportunityOptions,
  stageOptions,
  standingOptions,
  type BoardQuery,
  type Cards,
  type Funnel,
  type Opportunity,
  type Stage,
} from "@/features/opportunities/api"

interface Move {
  opportunity: Opportunity
  to: Stage
  reason?: string | undefined
}

// Reports follow the log; this is longer than they need when no event stream tells us.
const REPORTS_FOLLOW = 1500

/** Moves a card at once, in the columns and in their sums, and takes it back when the server refuses. */
export function useMove(board: BoardQuery) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ opportunity, to, reason }: Move) => move(opportunity, to, reason),
    onMutate: async (given) => {
      const keys = [["opportunities"], standingOptions(board).queryKey]
      await Promise.all(keys.map((queryKey) => client.cancelQueries({ queryKey })))
      const before = keys.flatMap((queryKey) => client.getQueriesData({ queryKey }))
      show(client, board, given)
      return { before }
    },
    onError: (_refusal, _given, kept) => {
      for (const [key, data] of kept?.before ?? []) client.setQueryData(key, data)
    },
    onSettled: () => {
      setTimeout(() => void client.invalidateQueries({ queryKey: ["metrics"] }), REPORTS_FOLLOW)
      return client.invalidateQueries({ queryKey: ["opportunities"] })
    },
  })
}

function show(client: QueryClient, board: BoardQuery, { opportunity, to }: Move): void {
  const moved: Opportunity = {
    ...opportunity,
    stage_id: to.id,
    stage_kind: to.kind,
    stage_entered_at: new Date().toISOString(),
  }
  const from = stageOptions(board, opportunity.stage_id).queryKey
  client.setQueryData<Cards>(from, (data) => counted(withRow(data, opportunity.id, () => null), -1))
  client.setQueryData<Cards>(stageOptions(board, to.id).queryKey, (data) => counted(withFirst(data, moved), 1))
  client.setQueryData(opportunityOptions(opportunity.id).queryKey, (data) => data && moved)
  client.setQueryData<Funnel>(standingOptions(board).queryKey, (funnel) => funnel && resummed(funnel, opportunity, to))
}

function withFirst(data: Cards | undefined, row: Opportunity): Cards | undefined {
  const [first, ...rest] = data?.pages ?? []
  if (!data || !first) return data
  return { ...data, pages: [{ ...first, items: [row, ...first.items] }, ...rest] }
}

function counted(data: Cards | undefined, change: number): Cards | undefined {
  if (!data) return data
  const pages = data.pages.map((page) => ({
    ...page,
    total: page.total.capped ? page.total : { ...page.total, count: page.total.count + change },
  }))
  return { ...data, pages }
}

function resummed(funnel: Funnel, { stage_id, currency, amount_minor }: Opportunity, to: Stage): Funnel {
  const stages = funnel.stages.map((stage) => {
    const sign = stage.stage_id === stage_id ? -1 : stage.stage_id === to.id ? 1 : 0
    if (sign === 0) return stage
    const sums = new Map((stage.current_amounts ?? []).map((one) => [one.currency, one.amount_minor]))
    sums.set(currency, (sums.get(currency) ?? 0) + sign * amount_minor)
    const amounts = [...sums].map(([code, amount]) => ({ currency: code, amount_minor: amount }))
    return { ...stage, current: (stage.current ?? 0) + sign, current_amounts: amounts }
  })
  return { ...funnel, stages }
}
