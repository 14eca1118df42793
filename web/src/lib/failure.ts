/** What a failure looks like wherever it happens: what, why, again, and the id for support. */
export interface Failure {
  kind: "error" | "forbidden"
  title: string
  detail?: string | undefined
  traceId?: string | undefined
}
