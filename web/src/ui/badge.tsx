import type { ReactNode } from "react"

import { cx } from "@/lib/class-names"

export type Tone = "open" | "waiting" | "won" | "lost" | "breach" | "accent"

const TONES: Record<Tone, string> = {
  open: "bg-open-soft text-open",
  waiting: "bg-waiting-soft text-waiting",
  won: "bg-won-soft text-won",
  lost: "bg-lost-soft text-lost",
  breach: "bg-breach-soft text-breach",
  accent: "bg-accent-soft text-accent-ink",
}

const DOTS: Record<Tone, string> = {
  open: "bg-open",
  waiting: "bg-waiting",
  won: "bg-won",
  lost: "bg-lost",
  breach: "bg-breach",
  accent: "bg-accent",
}

/** Colour never speaks alone: a badge always carries its word. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span
      className={cx(
        "inline-flex h-5 items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      {children}
    </span>
  )
}

export function Dot({ tone }: { tone: Tone }) {
  return <span aria-hidden className={cx("inline-block size-2 shrink-0 rounded-full", DOTS[tone])} />
}

const HUES = [
  "bg-open-soft text-open",
  "bg-won-soft text-won",
  "bg-waiting-soft text-waiting",
  "bg-accent-soft text-accent-ink",
  "bg-breach-soft text-breach",
]

/** The first letters of a name in a quiet circle; the same name always has the same colour. */
export function Avatar({ name, square = false }: { name: string; square?: boolean }) {
  const words = name.trim().split(/\s+/)
  const cjk = /[\u3400-\u9fff]/.test(name)
  const letters = cjk ? name.slice(0, 1) : words.slice(0, 2).map((word) => word.slice(0, 1)).join("")
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % HUES.length
  return (
    <span
      aria-hidden
      className={cx(
        "inline-flex size-5 shrink-0 items-center justify-center text-[9px] font-semibold uppercase",
        square ? "rounded-sm" : "rounded-full",
        HUES[hue],
      )}
    >
      {letters}
    </span>
  )
}
