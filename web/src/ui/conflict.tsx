import { cx } from "@/lib/class-names"
import { useText } from "@/lib/i18n"

/** What you wrote beside what stands there now; the lines that differ stand out. */
export function Conflict({ rows }: { rows: readonly { label: string; mine: string; theirs: string }[] }) {
  const t = useText()
  return (
    <table className="w-full table-fixed">
      <thead>
        <tr className="text-left text-meta text-ink-3">
          <th scope="col" className="h-7 font-normal" aria-label={t("conflict.field")} />
          <th scope="col" className="font-normal">{t("conflict.yours")}</th>
          <th scope="col" className="font-normal">{t("conflict.now")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const differs = row.mine !== row.theirs
          return (
            <tr key={row.label} className={cx("border-t border-line", differs ? "font-medium" : "text-ink-3")}>
              <th scope="row" className="h-8 pr-2 text-left font-normal">{row.label}</th>
              <td className={cx("pr-2 break-words", differs && "text-accent-ink")}>{row.mine || "–"}</td>
              <td className={cx("break-words", differs && "text-waiting")}>{row.theirs || "–"}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
