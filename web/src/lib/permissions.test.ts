import { expect, test } from "vitest"

import { may } from "@/lib/permissions"

test.each([
  [{ "lead:read": ["own"] }, "lead:read", true],
  [{ "lead:*": ["all"] }, "lead:convert", true],
  [{ "*:read": ["department"] }, "ticket:read", true],
  [{ "*:*": ["all"] }, "anything:whatever", true],
  [{ "lead:read": [] }, "lead:read", false],
  [{ "lead:read": ["all"] }, "lead:create", false],
])("%j lets one do %s: %s", (permissions, permission, expected) => {
  expect(may(permissions, permission)).toBe(expected)
})
