import {
  DndContext,
  DragOverlay,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  pointerWithin,
  rectIntersection,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
  type Active,
  type Announcements,
  type CollisionDetection,
  type KeyboardCoordinateGetter,
  type Over,
} from "@dnd-kit/core"
import { useState, type ReactNode } from "react"

import { cx } from "@/lib/class-names"
import { useText } from "@/lib/i18n"
import { Dot, type Tone } from "@/ui/badge"

interface CardFacts {
  name: string
  columnKey: string
}

interface BoardProps {
  label: string
  /** What a column is called, for those who hear the move. */
  columnName: (key: string) => string
  onMove: (cardId: string, toColumn: string) => void
  overlay: (cardId: string) => ReactNode
  children: ReactNode
}

/** Columns of cards that are dragged by mouse, finger, or Space and arrows; every step is announced. */
export function Board({ label, columnName, onMove, overlay, children }: BoardProps) {
  const t = useText()
  const [dragged, setDragged] = useState<string | null>(null)
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 4 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 200, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: toNeighbour,
      keyboardCodes: { start: ["Space"], cancel: ["Escape"], end: ["Space", "Enter"] },
    }),
  )
  const nameOf = (active: Active) => (active.data.current as CardFacts).name
  const placeOf = (over: Over | null) => (over ? columnName(String(over.id)) : "")
  const announcements: Announcements = {
    onDragStart: ({ active }) => t("board.picked", { name: nameOf(active) }),
    onDragOver: ({ active, over }) => t("board.over", { name: nameOf(active), column: placeOf(over) }),
    onDragEnd: ({ active, over }) => t("board.dropped", { name: nameOf(active), column: placeOf(over) }),
    onDragCancel: ({ active }) => t("board.cancelled", { name: nameOf(active) }),
  }
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={collide}
      accessibility={{ announcements, screenReaderInstructions: { draggable: t("board.instructions") } }}
      onDragStart={({ active }) => { setDragged(String(active.id)) }}
      onDragCancel={() => { setDragged(null) }}
      onDragEnd={({ active, over }) => {
        setDragged(null)
        const from = (active.data.current as CardFacts).columnKey
        if (over && String(over.id) !== from) onMove(String(active.id), String(over.id))
      }}
    >
      <div role="region" aria-label={label} className="flex h-full gap-3 overflow-x-auto px-4 py-3 max-md:px-0 max-md:py-0">
        {children}
      </div>
      <DragOverlay dropAnimation={{ duration: 140, easing: "ease-out" }}>{dragged ? overlay(dragged) : null}</DragOverlay>
    </DndContext>
  )
}

/** A pointer is over what lies under it; a card moved by keys is over what it covers. */
const collide: CollisionDetection = (given) => (given.pointerCoordinates ? pointerWithin(given) : rectIntersection(given))

/** Arrow keys carry the card to the column beside the one it is over. */
const toNeighbour: KeyboardCoordinateGetter = (event, { context, currentCoordinates }) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.code]
  if (!step) return undefined
  event.preventDefault()
  const columns = [...context.droppableRects.entries()].sort(([, a], [, b]) => a.left - b.left)
  const here = columns.findIndex(([id]) => id === (context.over?.id ?? context.active?.data.current?.columnKey))
  const rect = columns[here + step]?.[1]
  return rect ? { x: rect.left + 8, y: Math.max(rect.top + 44, Math.min(currentCoordinates.y, rect.bottom - 80)) } : undefined
}

interface BoardColumnProps {
  columnKey: string
  title: string
  tone: Tone
  count: string
  sum: string
  hidden?: boolean
  foot?: ReactNode
  children: ReactNode
}

export function BoardColumn({ columnKey, title, tone, count, sum, hidden, foot, children }: BoardColumnProps) {
  const { setNodeRef, isOver } = useDroppable({ id: columnKey })
  return (
    <section
      ref={setNodeRef}
      aria-label={title}
      data-column={title}
      className={cx(
        "flex h-full min-w-60 flex-1 basis-0 flex-col rounded-lg bg-sunken transition-colors max-md:min-w-full max-md:rounded-none",
        isOver && "bg-accent-soft",
        hidden && "max-md:hidden",
      )}
    >
      <header className="flex flex-wrap items-center gap-x-2 px-3 pt-2.5 pb-2 max-md:hidden">
        <Dot tone={tone} />
        <h2 className="truncate font-medium">{title}</h2>
        <span className="figures text-meta text-ink-3">{count}</span>
        <span className="figures w-full truncate pl-4 text-meta text-ink-2">{sum}</span>
      </header>
      <ul className="flex min-h-0 flex-1 flex-col gap-1.5 overflow-y-auto px-2 pb-2 max-md:pt-3">{children}</ul>
      {foot}
    </section>
  )
}

interface BoardCardProps {
  cardId: string
  name: string
  columnKey: string
  isOpen?: boolean
  disabled?: boolean
  onOpen: () => void
  menu?: ReactNode
  children: ReactNode
}

export function BoardCard({ cardId, name, columnKey, isOpen, disabled, onOpen, menu, children }: BoardCardProps) {
  const facts: CardFacts = { name, columnKey }
  const { attributes, listeners, setNodeRef, isDragging } = useDraggable({
    id: cardId,
    data: facts,
    disabled: disabled ?? false,
    attributes: { roleDescription: "" },
  })
  const t = useText()
  return (
    <li className={cx("group relative list-none", isDragging && "opacity-35")}>
      <div
        ref={setNodeRef}
        {...attributes}
        {...listeners}
        aria-roledescription={t("board.card")}
        onClick={onOpen}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !isDragging) onOpen()
          else listeners?.onKeyDown?.(event)
        }}
        className={cx("cursor-grab touch-manipulation rounded select-none active:cursor-grabbing", isOpen && "ring-2 ring-accent-ink")}
      >
        {children}
      </div>
      {menu ? (
        <span className="absolute top-1 right-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 max-md:opacity-100">{menu}</span>
      ) : null}
    </li>
  )
}

/** How a card looks, in its column and under the finger. */
export function CardFace({ edge, lifted = false, children }: { edge?: Tone | undefined; lifted?: boolean; children: ReactNode }) {
  return (
    <div
      className={cx(
        "flex flex-col gap-1 rounded border-l-2 bg-raised px-3 py-2.5 max-md:pr-12",
        lifted ? "rotate-1 shadow-float" : "shadow-card ring-1 ring-line hover:ring-line-strong",
        edge === "waiting" ? "border-waiting" : edge === "won" ? "border-won" : edge === "lost" ? "border-lost" : "border-transparent",
      )}
    >
      {children}
    </div>
  )
}
