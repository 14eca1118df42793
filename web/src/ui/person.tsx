import { Avatar } from "@/ui/badge"

/** A colleague by name; without a name nothing is shown. */
export function Person({ name }: { name: string }) {
  if (!name) return null
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-ink-2">
      <Avatar name={name} />
      <span className="truncate">{name}</span>
    </span>
  )
}
