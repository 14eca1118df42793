import react from "@vitejs/plugin-react"
import { defineConfig } from "vitest/config"

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One process loads React and the browser's stand-in once for all files: less than half of the processor's time.
    isolate: false,
    maxWorkers: 1,
  },
})
