import { queryOptions } from "@tanstack/react-query"

import { api, body, type Schemas } from "@/api/client"

export type Funnel = Schemas["Funnel"]
export type FunnelStage = Schemas["FunnelStage"]
export type Performance = Schemas["Performance"]
export type Row = Schemas["PerformanceRow"]
export type GroupBy = "owner" | "department" | "product" | "month"
export interface Sum {
  currency: string
  amount_minor: number
}

export function pipelinesOptions() {
  return queryOptions({
    queryKey: ["pipelines"],
    queryFn: async ({ signal }) => {
      const page = await body(api.GET("/api/v1/pipelines", { params: { query: { limit: 200 } }, signal }))
      return page.items as Schemas["PipelineRead"][]
    },
    staleTime: 60_000,
  })
}

export function funnelOptions(pipelineId: string | undefined) {
  const query = pipelineId ? { pipeline_id: pipelineId } : {}
  return queryOptions({
    queryKey: ["metrics", "funnel", query],
    queryFn: ({ signal }) => body(api.GET("/api/v1/metrics/funnel", { params: { query }, signal })),
    placeholderData: (before) => before,
  })
}

export function performanceOptions(groupBy: GroupBy, pipelineId: string | undefined) {
  const query = { group_by: groupBy, ...(pipelineId ? { pipeline_id: pipelineId } : {}) }
  return queryOptions({
    queryKey: ["metrics", "performance", query],
    queryFn: ({ signal }) => body(api.GET("/api/v1/metrics/sales-performance", { params: { query }, signal })),
    placeholderData: (before) => before,
  })
}
