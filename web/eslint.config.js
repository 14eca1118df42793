import { readdirSync } from "node:fs"

import hooks from "eslint-plugin-react-hooks"
import tseslint from "typescript-eslint"

// ui, lib, api → features → app: whoever stands lower knows nothing of those above.
const features = readdirSync(new URL("./src/features", import.meta.url))
const refuse = (files, group, message, ignores = []) => ({
  files,
  ignores,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
})

export default tseslint.config(
  { ignores: ["dist", "src/api/schema.d.ts"] },
  ...tseslint.configs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: true }],
      "no-console": "error",
      // We do not compile React; what cannot be memoized is not.
      "react-hooks/incompatible-library": "off",
    },
  },
  refuse(
    ["src/{ui,lib,api}/**"],
    ["@/features/*", "@/app/*", "../../*"],
    "ui, lib and api know no feature and no page.",
  ),
  refuse(["src/ui/**"], ["@/api/*", "@/features/*", "@/app/*", "../*"], "ui knows no server."),
  ...features.map((name) =>
    refuse(
      [`src/features/${name}/**`],
      ["@/app/*", "../*", ...features.filter((other) => other !== name).map((other) => `@/features/${other}/*`)],
      "A feature knows neither pages nor its siblings.",
      [`src/features/${name}/**/*.test.tsx`],
    ),
  ),
)
