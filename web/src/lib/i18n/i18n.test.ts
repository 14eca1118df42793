import { IntlMessageFormat } from "intl-messageformat"
import { expect, test } from "vitest"

import { MESSAGES } from "@/lib/i18n"

const { en, zh } = MESSAGES

function placesOf(message: string): string[] {
  return [...new Set([...message.matchAll(/\{(\w+)/g)].map((found) => found[1] ?? ""))].filter((name) => /^[a-z]+$/.test(name)).sort()
}

test("English and Chinese have the same keys", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort())
})

test.each(Object.keys(en) as (keyof typeof en)[])("%s says something in both languages, with the same values", (key) => {
  for (const [locale, message] of [["en", en[key]], ["zh", zh[key]]] as const) {
    expect(message.trim()).not.toBe("")
    expect(() => new IntlMessageFormat(message, locale)).not.toThrow()
  }
  const named = (message: string) => placesOf(message).filter((name) => !["true", "other", "one", "today"].includes(name))
  expect(named(zh[key])).toEqual(named(en[key]))
})

test("no Chinese stands in English, and no letter of ours is missing in Chinese", () => {
  const mixed = Object.entries(en).filter(([key, text]) => /[\u3400-\u9fff]/.test(text) && key !== "palette.language")
  expect(mixed).toEqual([])
})
