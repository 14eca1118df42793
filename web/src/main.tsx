import { RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"

import { whenSignedOut } from "@/api/client"
import { createQueryClient, Providers } from "@/app/providers"
import { createAppRouter } from "@/app/router"
import { applyTheme, currentTheme } from "@/lib/theme"
import "@/ui/theme.css"

applyTheme(currentTheme())
const client = createQueryClient()
const router = createAppRouter(client)

// A session that ended while somebody worked: sign in again, and come back to this very place.
whenSignedOut(() => {
  const { href, pathname } = router.state.location
  if (pathname === "/sign-in" || router.state.status === "pending") return
  client.clear()
  void router.navigate({ to: "/sign-in", search: { back: href, expired: true } })
})

const place = document.getElementById("root")
if (!place) throw new Error("The page has no place for the application.")
createRoot(place).render(
  <StrictMode>
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
)
