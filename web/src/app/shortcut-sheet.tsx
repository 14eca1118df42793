import { usePlaces } from "@/app/rail"
import { useText } from "@/lib/i18n"
import { Dialog, DialogBody } from "@/ui/dialog"

export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const t = useText()
  const places = usePlaces()
  const keys = [
    ["Ctrl K", t("palette.open")],
    ["/", t("ui.search")],
    ["c", t("keys.create")],
    ["f", t("ui.filter")],
    ["e", t("ui.edit")],
    ["↑ ↓", t("keys.walk")],
    ["x", t("keys.select")],
    ["Esc", t("ui.close")],
    ["[", t("nav.fold")],
    ...places.map((place) => [`g ${place.key}`, t(place.label)] as const),
  ] as const
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <DialogBody>
        <dl className="grid grid-cols-[80px_1fr] gap-y-1.5">
          {keys.map(([key, what]) => (
            <div key={key} className="contents">
              <dt><kbd className="rounded-sm border border-line-strong bg-sunken px-1.5 py-0.5 text-meta">{key}</kbd></dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </DialogBody>
    </Dialog>
  )
}
