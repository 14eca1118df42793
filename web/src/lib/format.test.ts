import { describe, expect, test } from "vitest"

import { formatDate, formatMoney, formatName, formatSums, parseAmount, spanUnits } from "@/lib/format"

describe("money", () => {
  test.each([
    ["en", 1_250_000, "USD", "$12,500"],
    ["en", 1_250_050, "USD", "$12,500.50"],
    ["zh", 1_250_000, "CNY", "¥12,500"],
    ["en", 12_500, "JPY", "¥12,500"],
    ["en", 1_234, "KWD", "KWD 1.234"],
  ] as const)("in %s of %i %s reads %s", (locale, amount, currency, text) => {
    expect(formatMoney(locale, amount, currency).replaceAll("\u00a0", " ")).toBe(text)
  })

  test("sums of several currencies stand side by side, the largest first", () => {
    const sums = [{ currency: "USD", amount_minor: 100_000 }, { currency: "CNY", amount_minor: 500_000_000 }]
    expect(formatSums("en", sums)).toBe("¥5m · $1k")
    expect(formatSums("zh", sums)).toBe("¥500万 · $1000")
    expect(formatSums("en", [])).toBe("–")
  })

  test.each([
    ["12,500.50", "USD", 1_250_050],
    ["1200", "JPY", 1200],
    ["0.1", "USD", 10],
    ["twelve", "USD", null],
    ["-5", "USD", null],
  ] as const)("typed as %s in %s is %s", (text, currency, amount) => {
    expect(parseAmount(text, currency)).toBe(amount)
  })
})

test("a name is written in the order of its own language", () => {
  expect(formatName("Lovelace", "Ada")).toBe("Ada Lovelace")
  expect(formatName("王", "小明")).toBe("王小明")
  expect(formatName("Plato", null)).toBe("Plato")
})

test("a business date is the same day everywhere", () => {
  expect(formatDate("en", "2026-11-22")).toBe("22 Nov 2026")
  expect(formatDate("zh", "2026-11-22")).toBe("2026年11月22日")
})

test("a span has days, hours and minutes", () => {
  expect(spanUnits(-(26 * 60 + 5) * 60_000)).toEqual({ days: 1, hours: 2, minutes: 5 })
})
