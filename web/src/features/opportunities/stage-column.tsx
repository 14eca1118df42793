import { Ellipsis } from "lucide-react"

import { useList } from "@/api/lists"
import { stageOptions, type BoardQuery, type Opportunity, type Stage } from "@/features/opportunities/api"
import { OpportunityFace, TONES } from "@/features/opportunities/opportunity-card"
import { useText } from "@/lib/i18n"
import { BoardCard, BoardColumn } from "@/ui/board"
import { Button, IconButton } from "@/ui/button"
import { Menu } from "@/ui/menu"
import { Failed } from "@/ui/states"

interface Props {
  board: BoardQuery
  stage: Stage
  stages: readonly Stage[]
  sum: string
  isShown: boolean
  openId: string | undefined
  canMove: boolean
  onOpen: (id: string) => void
  onMove: (opportunity: Opportunity, to: Stage) => void
}

export function StageColumn({ board, stage, stages, sum, isShown, openId, canMove, onOpen, onMove }: Props) {
  const t = useText()
  const list = useList(stageOptions(board, stage.id))
  const total = list.total
  return (
    <BoardColumn
      columnKey={stage.id}
      title={stage.name}
      tone={TONES[stage.kind] ?? "open"}
      count={total ? t("ui.count", { count: total.count, capped: String(total.capped) }) : ""}
      sum={sum}
      hidden={!isShown}
      foot={
        list.hasMore ? (
          <Button look="quiet" className="mx-2 mb-2" onClick={list.onEnd}>{t("ui.more")}</Button>
        ) : null
      }
    >
      {list.failure ? <Failed failure={list.failure} onRetry={list.onRetry} /> : null}
      {list.loading ? <li className="h-20 animate-late rounded bg-hover" /> : null}
      {!list.loading && !list.failure && list.rows.length === 0 ? (
        <li className="rounded border border-dashed border-line-strong px-3 py-5 text-center text-meta text-ink-3">{t("board.empty")}</li>
      ) : null}
      {list.rows.map((opportunity) => (
        <BoardCard
          key={opportunity.id}
          cardId={opportunity.id}
          name={opportunity.name}
          columnKey={stage.id}
          isOpen={opportunity.id === openId}
          disabled={!canMove}
          onOpen={() => { onOpen(opportunity.id) }}
          menu={canMove ? <MoveMenu opportunity={opportunity} stages={stages} onMove={onMove} /> : null}
        >
          <OpportunityFace opportunity={opportunity} />
        </BoardCard>
      ))}
    </BoardColumn>
  )
}

/** The way to another stage for those who drag nothing. */
function MoveMenu({ opportunity, stages, onMove }: Pick<Props, "stages" | "onMove"> & { opportunity: Opportunity }) {
  const t = useText()
  const others = stages.filter((stage) => stage.id !== opportunity.stage_id)
  return (
    <Menu
      align="end"
      label={t("board.move", { name: opportunity.name })}
      trigger={
        <IconButton label={t("board.move", { name: opportunity.name })} className="h-6 w-6 bg-raised max-md:h-9 max-md:w-9">
          <Ellipsis className="size-4" />
        </IconButton>
      }
      groups={[
        others.map((stage) => ({
          key: stage.id,
          label: t("board.move.to", { column: stage.name }),
          onSelect: () => { onMove(opportunity, stage) },
        })),
      ]}
    />
  )
}
