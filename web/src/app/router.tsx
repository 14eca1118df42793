import type { QueryClient } from "@tanstack/react-query"
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router"

import { isApiError } from "@/api/problem"
import { meOptions } from "@/api/session"
import { Broken, Missing } from "@/app/broken"
import { Shell } from "@/app/shell"
import { InvitationPage, PasswordResetPage, SignInPage } from "@/app/sign-in-page"
import { parseListSearch } from "@/lib/list-search"

interface Context {
  client: QueryClient
}

const root = createRootRouteWithContext<Context>()({ component: Outlet })

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw: Record<string, unknown>): { back?: string; expired?: boolean } => ({
    ...(typeof raw.back === "string" && /^\/(?!\/)/.test(raw.back) ? { back: raw.back } : {}),
    ...(raw.expired === true ? { expired: true } : {}),
  }),
  component: SignInPage,
})

const resetPassword = createRoute({ getParentRoute: () => root, path: "/reset-password", component: PasswordResetPage })
const acceptInvitation = createRoute({ getParentRoute: () => root, path: "/accept-invitation", component: InvitationPage })

/** Everything behind the door: it opens for whoever the platform knows. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(meOptions)
    } catch (error) {
      if (isApiError(error) && error.status === 401) {
        throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { back: location.href } })
      }
      throw error
    }
  },
})

const common = { getParentRoute: () => inside, validateSearch: parseListSearch }

const dashboard = createRoute({ ...common, path: "/", component: lazyRouteComponent(() => import("@/app/routes/dashboard"), "DashboardRoute") })
const leads = createRoute({ ...common, path: "/leads", component: lazyRouteComponent(() => import("@/app/routes/leads"), "LeadsRoute") })
const accounts = createRoute({ ...common, path: "/accounts", component: lazyRouteComponent(() => import("@/app/routes/accounts"), "AccountsRoute") })
const contacts = createRoute({ ...common, path: "/contacts", component: lazyRouteComponent(() => import("@/app/routes/contacts"), "ContactsRoute") })
const opportunities = createRoute({
  ...common,
  path: "/opportunities",
  component: lazyRouteComponent(() => import("@/app/routes/opportunities"), "OpportunitiesRoute"),
})
const tickets = createRoute({ ...common, path: "/tickets", component: lazyRouteComponent(() => import("@/app/routes/tickets"), "TicketsRoute") })
const settings = createRoute({ ...common, path: "/settings", component: lazyRouteComponent(() => import("@/app/routes/settings"), "SettingsRoute") })

const tree = root.addChildren([signIn, resetPassword, acceptInvitation, inside.addChildren([dashboard, leads, accounts, contacts, opportunities, tickets, settings])])

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: Missing,
  })
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
