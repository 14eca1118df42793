import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router"
import { render } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import { useState, type ReactNode } from "react"

import { createQueryClient, Providers } from "@/app/providers"
import { createAppRouter } from "@/app/router"
import type { ChangeSearch, ListSearch } from "@/lib/list-search"

/** A feature in its providers, with the state of its address held beside it. */
export function renderFeature(feature: (search: ListSearch, onSearch: ChangeSearch) => ReactNode, search: ListSearch = {}) {
  const client = createQueryClient()
  client.setDefaultOptions({ queries: { retry: false, staleTime: 0 } })
  const root = createRootRoute({ component: () => <Held feature={feature} first={search} /> })
  const paths = ["/", "/accounts", "/contacts", "/opportunities"]
  const routeTree = root.addChildren(paths.map((path) => createRoute({ getParentRoute: () => root, path })))
  const router = createRouter({ routeTree, history: createMemoryHistory() })
  const user = userEvent.setup()
  render(
    <Providers client={client}>
      <RouterProvider router={router as never} />
    </Providers>,
  )
  return { client, user }
}

function Held({ feature, first }: { feature: (search: ListSearch, onSearch: ChangeSearch) => ReactNode; first: ListSearch }) {
  const [search, setSearch] = useState(first)
  const onSearch: ChangeSearch = (patch) => { setSearch((before) => ({ ...before, ...patch })) }
  return feature(search, onSearch)
}

/** The whole application at an address. */
export function renderApp(address: string) {
  const client = createQueryClient()
  client.setDefaultOptions({ queries: { retry: false } })
  const router = createAppRouter(client)
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: [address] }) } as never)
  const user = userEvent.setup()
  render(
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>,
  )
  return { client, router, user }
}
