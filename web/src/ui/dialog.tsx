import { X } from "lucide-react"
import { Dialog as Parts } from "radix-ui"
import type { ReactNode } from "react"

import { useText } from "@/lib/i18n"
import { IconButton } from "@/ui/button"

interface DialogProps {
  title: string
  description?: string | undefined
  wide?: boolean
  onClose: () => void
  children: ReactNode
}

/**
 * A dialog that is open as long as it is rendered. The scrim is ours, not Radix's Overlay: that one
 * writes a style element, which the content security policy rightly refuses.
 */
export function Dialog({ title, description, wide = false, onClose, children }: DialogProps) {
  const t = useText()
  return (
    <Parts.Root open onOpenChange={(open) => { if (!open) onClose() }}>
      <Parts.Portal>
        <div aria-hidden className="fixed inset-0 z-40 bg-scrim" />
        <Parts.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className={
            "fixed left-1/2 z-50 flex max-h-[86dvh] w-full -translate-x-1/2 flex-col bg-raised shadow-float outline-none " +
            "animate-rise max-md:inset-x-0 max-md:bottom-0 max-md:rounded-t-lg md:top-[10vh] md:rounded-lg " +
            (wide ? "md:max-w-2xl" : "md:max-w-md")
          }
        >
          <header className="flex items-start gap-3 border-b border-line px-5 py-3">
            <div className="min-w-0 flex-1">
              <Parts.Title className="text-title font-semibold">{title}</Parts.Title>
              {description ? (
                <Parts.Description className="mt-0.5 text-meta text-ink-2">{description}</Parts.Description>
              ) : null}
            </div>
            <IconButton label={t("ui.close")} onClick={onClose} className="-mr-2">
              <X className="size-4" />
            </IconButton>
          </header>
          {children}
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  )
}

export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="flex min-h-0 flex-col gap-3.5 overflow-y-auto px-5 py-4">{children}</div>
}

export function DialogFoot({ children }: { children: ReactNode }) {
  return (
    <footer className="flex items-center justify-end gap-2 border-t border-line px-5 pt-3 pb-[max(12px,env(safe-area-inset-bottom))]">{children}</footer>
  )
}
