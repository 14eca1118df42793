import createClient, { type Middleware } from "openapi-fetch"

import { ApiError } from "@/api/problem"
import type { components, paths } from "@/api/schema"
import { currentLocale, offlineText } from "@/lib/i18n/current"

export type Schemas = components["schemas"]

/** Pages ask here whether a refusal means "sign in again"; the application decides what happens then. */
let onSignedOut: () => void = () => undefined

export function whenSignedOut(react: () => void): void {
  onSignedOut = react
}

const manners: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", currentLocale())
    return request
  },
  async onResponse({ request, response }) {
    if (response.ok) return
    const body: unknown = await response.clone().json().catch(() => null)
    const isSigningIn = request.url.endsWith("/auth/web/sign-in")
    if (response.status === 401 && !isSigningIn) onSignedOut()
    throw new ApiError(response.status, body, `${String(response.status)} ${response.statusText}`)
  },
  onError() {
    return new ApiError(0, null, offlineText())
  },
}

// `fetch` is looked up at each call, so that tests can answer in the network's place.
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: (request) => fetch(request),
})
api.use(manners)

/** The body of an answer; what is no success has already been thrown. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer
  return data as T
}

export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${String(version)}"` }
}
