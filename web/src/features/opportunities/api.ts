import { queryOptions, type InfiniteData } from "@tanstack/react-query"

import { api, body, type Schemas } from "@/api/client"
import { listOptions, type Page } from "@/api/lists"
import type { ListSearch } from "@/lib/list-search"

export type Opportunity = Schemas["OpportunityRead"]
export type Pipeline = Schemas["PipelineRead"]
export type Stage = Schemas["StageOut"]
export type Funnel = Schemas["Funnel"]
export type Cards = InfiniteData<Page<Opportunity>, string | undefined>

const CARDS = 40

export interface BoardQuery {
  pipeline_id: string
  owner_id?: string
  "name[contains]"?: string
}

export function boardQuery(pipelineId: string, search: ListSearch, myId: string): BoardQuery {
  return {
    pipeline_id: pipelineId,
    ...(search.owner === "me" ? { owner_id: myId } : {}),
    ...(search.q ? { "name[contains]": search.q } : {}),
  }
}

/** The cards of one column; whatever changed last is on top, so a moved card lands there too. */
export function stageOptions(board: BoardQuery, stageId: string) {
  const query = { ...board, stage_id: stageId, sort: "-updated_at" }
  return listOptions<Opportunity>("opportunities", query, async (cursor, signal) => {
    const params = { query: { ...query, limit: CARDS, ...(cursor ? { cursor } : {}) } }
    return (await body(api.GET("/api/v1/opportunities", { params, signal }))) as Page<Opportunity>
  })
}

export function pipelinesOptions() {
  return queryOptions({
    queryKey: ["pipelines"],
    queryFn: async ({ signal }) => {
      const page = await body(api.GET("/api/v1/pipelines", { params: { query: { limit: 200 } }, signal }))
      return page.items as Pipeline[]
    },
    staleTime: 60_000,
  })
}

/** What stands in each stage, counted and summed by the server; a filtered board has no sums. */
export function standingOptions(board: BoardQuery) {
  const query = { pipeline_id: board.pipeline_id, ...(board.owner_id ? { owner_id: board.owner_id } : {}) }
  return queryOptions({
    queryKey: ["metrics", "funnel", query],
    queryFn: ({ signal }) => body(api.GET("/api/v1/metrics/funnel", { params: { query }, signal })),
    enabled: !board["name[contains]"],
  })
}

export function opportunityOptions(id: string) {
  return queryOptions({
    queryKey: ["opportunities", "one", id],
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/opportunities/{identity}", { params: { path: { identity: id } }, signal })),
  })
}

/** The verb that brings an opportunity into a stage: what a drop on a column means. */
export function move(opportunity: Opportunity, stage: Stage, reason: string | undefined): Promise<Opportunity> {
  const params = {
    path: { identity: opportunity.id },
    header: { "Idempotency-Key": crypto.randomUUID() },
  }
  if (stage.kind === "won") return body(api.POST("/api/v1/opportunities/{identity}/win", { params, body: {} }))
  if (stage.kind === "lost") {
    return body(api.POST("/api/v1/opportunities/{identity}/lose", { params, body: { reason: reason ?? "" } }))
  }
  const given = { params, body: { stage_id: stage.id } }
  if (opportunity.stage_kind === "open") return body(api.POST("/api/v1/opportunities/{identity}/advance", given))
  return body(api.POST("/api/v1/opportunities/{identity}/reopen", given))
}
