import { Check } from "lucide-react"
import { DropdownMenu as Parts } from "radix-ui"
import type { ReactNode } from "react"

import { cx } from "@/lib/class-names"

export interface MenuItem {
  key: string
  label: string
  icon?: ReactNode
  checked?: boolean
  danger?: boolean
  onSelect: () => void
}

interface MenuProps {
  trigger: ReactNode
  label: string
  groups: readonly (readonly MenuItem[])[]
  align?: "start" | "end"
  side?: "top" | "bottom" | "right"
}

/** A button that opens a list of actions; arrows, letters and Esc work as in every menu. */
export function Menu({ trigger, label, groups, align = "start", side = "bottom" }: MenuProps) {
  return (
    <Parts.Root modal={false}>
      <Parts.Trigger asChild>{trigger}</Parts.Trigger>
      <Parts.Portal>
        <Parts.Content
          aria-label={label}
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[60vh] min-w-44 animate-rise overflow-y-auto rounded bg-raised p-1 shadow-float"
        >
          {groups.filter((group) => group.length).map((group, index) => (
            <Parts.Group key={group[0]?.key} className={cx(index > 0 && "mt-1 border-t border-line pt-1")}>
              {group.map((item) => (
                <Item key={item.key} item={item} />
              ))}
            </Parts.Group>
          ))}
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  )
}

function Item({ item }: { item: MenuItem }) {
  const look = cx(
    "flex h-8 items-center gap-2 rounded-sm px-2 outline-none data-highlighted:bg-hover max-md:h-11",
    item.danger ? "text-breach" : "text-ink",
  )
  if (item.checked === undefined) {
    return (
      <Parts.Item onSelect={item.onSelect} className={look}>
        {item.icon}
        {item.label}
      </Parts.Item>
    )
  }
  return (
    <Parts.CheckboxItem checked={item.checked} onSelect={item.onSelect} className={look}>
      <span className="flex size-4 items-center">{item.checked ? <Check className="size-4" /> : null}</span>
      {item.label}
    </Parts.CheckboxItem>
  )
}
