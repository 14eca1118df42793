import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query"

import { api, body, type Schemas } from "@/api/client"
import { may, type Permissions } from "@/lib/permissions"

export type Me = Schemas["Me"]

/** Who is signed in; the one question every page begins with. */
export const meOptions = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/auth/me", { signal })),
  staleTime: 5 * 60_000,
  retry: false,
})

export function useMe(): Me {
  return useSuspenseQuery(meOptions).data
}

/** Whether the signed-in user may do something at all; how far is the server's to say. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useMe()
  return (permission) => may(permissions as Permissions, permission)
}

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (given: { email: string; password: string; code?: string }) => body(api.POST("/api/v1/auth/web/sign-in", { body: given })),
    // Somebody else's records must not be seen for a moment.
    onSuccess: () => { client.clear() },
  })
}

/** Has a link mailed; the answer is the same whoever the address belongs to. */
export function useAskPasswordReset() {
  return useMutation({
    mutationFn: (given: { email: string }) => body(api.POST("/api/v1/auth/password-reset", { body: given })),
  })
}

/** Sets a new password by the token of a mailed link. */
export function useConfirmPasswordReset() {
  return useMutation({
    mutationFn: (given: { token: string; password: string }) => body(api.POST("/api/v1/auth/password-reset/confirm", { body: given })),
  })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => body(api.POST("/api/v1/auth/web/sign-out")),
    onSettled: () => { client.clear() },
  })
}
