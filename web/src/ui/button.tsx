import type { ComponentProps, ReactNode } from "react"

import { cx } from "@/lib/class-names"

const LOOKS = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover active:brightness-90 font-medium",
  plain: "bg-raised text-ink border border-line-strong hover:bg-hover active:brightness-95",
  quiet: "text-ink-2 hover:bg-hover hover:text-ink active:brightness-95",
  danger: "bg-breach-soft text-breach hover:brightness-95 active:brightness-90 font-medium",
}

interface ButtonProps extends ComponentProps<"button"> {
  look?: keyof typeof LOOKS
  busy?: boolean
}

export function Button({ look = "plain", busy = false, className, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={busy || undefined}
      disabled={rest.disabled || busy}
      className={cx(
        "inline-flex h-8 items-center justify-center gap-1.5 rounded px-3 whitespace-nowrap select-none",
        "disabled:cursor-default disabled:opacity-50 max-md:h-11 max-md:px-4",
        LOOKS[look],
        className,
      )}
    />
  )
}

interface IconButtonProps extends Omit<ButtonProps, "children"> {
  label: string
  shortcut?: string
  children: ReactNode
}

/** A button that is only an icon still has a name, and shows it with its key. */
export function IconButton({ label, shortcut, look = "quiet", className, children, ...rest }: IconButtonProps) {
  return (
    <Button
      {...rest}
      look={look}
      aria-label={label}
      title={shortcut ? `${label} (${shortcut})` : label}
      className={cx("w-8 px-0! max-md:w-11", className)}
    >
      {children}
    </Button>
  )
}
