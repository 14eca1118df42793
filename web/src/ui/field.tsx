import { ChevronDown } from "lucide-react"
import { useId, type ComponentProps, type ReactNode } from "react"

import { cx } from "@/lib/class-names"

const BOX =
  "w-full rounded border border-line-strong bg-raised px-2.5 text-ink outline-none transition-colors " +
  "focus:border-accent-ink focus:ring-2 focus:ring-accent-ink/25 aria-invalid:border-breach " +
  "disabled:opacity-60 max-md:text-[16px]"

interface FieldProps {
  label: string
  error?: string | undefined
  hint?: string | undefined
  hideLabel?: boolean
  className?: string
  children: (own: { id: string; "aria-invalid"?: true; "aria-describedby"?: string }) => ReactNode
}

/** A label, its control, and what is wrong with it, tied together for those who cannot see them. */
export function Field({ label, error, hint, hideLabel, className, children }: FieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div className={cx("flex flex-col gap-1", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "text-meta text-ink-2"}>
        {label}
      </label>
      {children({
        id,
        ...(error ? { "aria-invalid": true } : {}),
        ...(note ? { "aria-describedby": `${id}-note` } : {}),
      })}
      {note ? (
        <p id={`${id}-note`} role={error ? "alert" : undefined} className={cx("text-meta", error ? "text-breach" : "text-ink-3")}>
          {note}
        </p>
      ) : null}
    </div>
  )
}

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cx(BOX, "h-8 max-md:h-11", className)} />
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} className={cx(BOX, "min-h-20 resize-y py-1.5", className)} />
}

export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span className={cx("relative block", className)}>
      <select {...rest} className={cx(BOX, "h-8 appearance-none pr-8 max-md:h-11")}>
        {children}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-1/2 right-2 size-4 -translate-y-1/2 text-ink-3" />
    </span>
  )
}
