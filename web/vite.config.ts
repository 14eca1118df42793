import tailwindcss from "@tailwindcss/vite"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

// PLEXUS_API=https://localhost:8443 lets `npm run dev` talk to a running platform.
const api = process.env.PLEXUS_API

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    // Inlined files would need data: in the policy of the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: api ? { "/api": { target: api, changeOrigin: true, secure: false } } : undefined,
  },
})
