/** What the signed-in user may do, as GET /auth/me tells: permission → its scopes, widest included. */
export type Permissions = Readonly<Record<string, readonly string[]>>

export function may(permissions: Permissions, permission: string): boolean {
  const [resource = "", action = ""] = permission.split(":")
  const names = [permission, `${resource}:*`, `*:${action}`, "*:*"]
  return names.some((name) => (permissions[name]?.length ?? 0) > 0)
}
