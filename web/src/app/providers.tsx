import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import type { ReactNode } from "react"

import { isApiError } from "@/api/problem"
import { LanguageProvider } from "@/lib/i18n"
import { Toaster } from "@/ui/toast"

const FRESH = 20_000
const TRIES = 2

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The event stream says what changed; the clock is only for those whose stream is cut.
        staleTime: FRESH,
        // A refusal stays one; silence and a busy service are worth another try.
        retry: (count, error) => count < TRIES && isApiError(error) && (error.status === 0 || error.status >= 500),
        retryDelay: (count) => 400 * 2 ** count,
      },
      mutations: { retry: false },
    },
  })
}

export function Providers({ client, children }: { client: QueryClient; children: ReactNode }) {
  return (
    <LanguageProvider>
      <QueryClientProvider client={client}>
        <Toaster>{children}</Toaster>
      </QueryClientProvider>
    </LanguageProvider>
  )
}
