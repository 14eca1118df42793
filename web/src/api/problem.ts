import type { Failure } from "@/lib/failure"

/** A refusal of the platform (RFC 9457), or the silence of a network that is not there. */
export class ApiError extends Error {
  override name = "ApiError"
  readonly slug: string
  readonly status: number
  readonly detail: string | undefined
  readonly traceId: string | undefined
  readonly recordId: string | undefined
  readonly fields: readonly { pointer?: string; message: string }[]

  constructor(status: number, body: unknown, fallback: string) {
    const problem = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>
    const text = (name: string) => (typeof problem[name] === "string" ? problem[name] : undefined)
    super(text("title") ?? fallback)
    this.status = status
    this.slug = (text("type") ?? "").split("/").at(-1) ?? ""
    this.detail = text("detail")
    this.traceId = text("trace_id")
    this.recordId = text("id")
    this.fields = Array.isArray(problem.errors) ? (problem.errors as { pointer?: string; message: string }[]) : []
  }

  /** The message about one field of the request, by its name. */
  about(field: string): string | undefined {
    return this.fields.find((one) => one.pointer === `/${field}`)?.message
  }
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, null, error instanceof Error ? error.message : "")
}

export function isApiError(error: unknown, slug?: string): error is ApiError {
  return error instanceof ApiError && (slug === undefined || error.slug === slug)
}

export function failureOf(error: unknown): Failure | undefined {
  if (!error) return undefined
  const { status, message, detail, traceId } = asApiError(error)
  return { kind: status === 403 ? "forbidden" : "error", title: message, detail, traceId }
}
