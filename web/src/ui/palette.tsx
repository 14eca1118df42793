import { Command } from "cmdk"
import { Search } from "lucide-react"
import { Dialog as Parts } from "radix-ui"
import type { ReactNode } from "react"

import { useText } from "@/lib/i18n"

export interface PaletteItem {
  key: string
  label: string
  /** What else the item answers to when one types. */
  words?: string
  icon?: ReactNode
  shortcut?: string
  onSelect: () => void
}

interface PaletteProps {
  groups: readonly { title: string; items: readonly PaletteItem[] }[]
  query: string
  onQuery: (query: string) => void
  onClose: () => void
}

/** Go anywhere, do anything: one field, one list, no mouse. */
export function Palette({ groups, query, onQuery, onClose }: PaletteProps) {
  const t = useText()
  return (
    <Parts.Root open onOpenChange={(open) => { if (!open) onClose() }}>
      <Parts.Portal>
        <div aria-hidden className="fixed inset-0 z-40 bg-scrim" />
        <Parts.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100%-1.5rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-lg bg-raised shadow-float outline-none"
        >
          <Parts.Title className="sr-only">{t("palette.title")}</Parts.Title>
          <Command label={t("palette.title")} loop>
            <div className="flex items-center gap-2 border-b border-line px-4">
              <Search aria-hidden className="size-4 text-ink-3" />
              <Command.Input
                value={query}
                onValueChange={onQuery}
                placeholder={t("palette.placeholder")}
                className="h-12 flex-1 bg-transparent text-title outline-none"
              />
            </div>
            <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-ink-3">{t("palette.empty")}</Command.Empty>
              {groups.map((group) => (
                <Command.Group
                  key={group.title}
                  heading={group.title}
                  className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:text-ink-3"
                >
                  {group.items.map((item) => (
                    <Command.Item
                      key={item.key}
                      value={`${item.key} ${item.label} ${item.words ?? ""}`}
                      onSelect={() => {
                        onClose()
                        item.onSelect()
                      }}
                      className="flex h-9 items-center gap-2.5 rounded px-2.5 data-[selected=true]:bg-hover max-md:h-11"
                    >
                      <span className="text-ink-3">{item.icon}</span>
                      <span className="flex-1 truncate">{item.label}</span>
                      {item.shortcut ? <kbd className="text-meta text-ink-3">{item.shortcut}</kbd> : null}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  )
}
