import { X } from "lucide-react"
import { Toast as Parts } from "radix-ui"
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from "react"

import { cx } from "@/lib/class-names"
import { useText } from "@/lib/i18n"

export interface Message {
  title: string
  detail?: string | undefined
  tone?: "plain" | "bad"
  action?: { label: string; onSelect: () => void }
}

type Shown = Message & { key: number }

const Context = createContext<(message: Message) => void>(() => undefined)

/** Says something in the corner, aloud to screen readers, for a few seconds. */
export function useToast(): (message: Message) => void {
  return use(Context)
}

let last = 0

export function Toaster({ children }: { children: ReactNode }) {
  const t = useText()
  const [shown, setShown] = useState<Shown[]>([])
  const show = useCallback((message: Message) => {
    last += 1
    const next = { ...message, key: last }
    setShown((before) => [...before.slice(-2), next])
  }, [])
  const drop = (key: number) => { setShown((before) => before.filter((one) => one.key !== key)) }
  const context = useMemo(() => show, [show])
  return (
    <Context value={context}>
      <Parts.Provider label={t("ui.notice")} duration={6000} swipeDirection="right">
        {children}
        {shown.map((one) => (
          <Toast key={one.key} message={one} onClose={() => { drop(one.key) }} />
        ))}
        <Parts.Viewport
          label={t("ui.notices")}
          className="fixed right-4 bottom-4 z-[60] flex w-90 max-w-[calc(100vw-2rem)] flex-col gap-2 outline-none max-md:bottom-20"
        />
      </Parts.Provider>
    </Context>
  )
}

function Toast({ message, onClose }: { message: Message; onClose: () => void }) {
  const t = useText()
  const bad = message.tone === "bad"
  return (
    <Parts.Root
      type={bad ? "foreground" : "background"}
      onOpenChange={(open) => { if (!open) onClose() }}
      className="flex animate-rise items-start gap-3 rounded bg-raised py-2.5 pr-2 pl-3.5 shadow-float"
    >
      <span aria-hidden className={cx("mt-1.5 size-2 shrink-0 rounded-full", bad ? "bg-breach" : "bg-won")} />
      <div className="min-w-0 flex-1">
        <Parts.Title className="font-medium">{message.title}</Parts.Title>
        {message.detail ? (
          <Parts.Description className="text-meta text-ink-2">{message.detail}</Parts.Description>
        ) : null}
      </div>
      {message.action ? (
        <Parts.Action asChild altText={message.action.label}>
          <button type="button" onClick={message.action.onSelect} className="shrink-0 font-medium text-accent-ink hover:underline">
            {message.action.label}
          </button>
        </Parts.Action>
      ) : null}
      <Parts.Close aria-label={t("ui.close")} className="rounded-sm p-1 text-ink-3 hover:bg-hover">
        <X className="size-3.5" />
      </Parts.Close>
    </Parts.Root>
  )
}
