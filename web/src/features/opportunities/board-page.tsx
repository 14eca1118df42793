import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"

import { failureOf } from "@/api/problem"
import { useMay, useMe } from "@/api/session"
import { boardQuery, pipelinesOptions, standingOptions, type BoardQuery, type Cards, type Opportunity, type Pipeline, type Stage } from "@/features/opportunities/api"
import { LostDialog } from "@/features/opportunities/lost-dialog"
import { OpportunityFace } from "@/features/opportunities/opportunity-card"
import { OpportunityPanel } from "@/features/opportunities/opportunity-panel"
import { StageColumn } from "@/features/opportunities/stage-column"
import { useMove } from "@/features/opportunities/use-move"
import { formatSums } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import type { ChangeSearch, ListSearch } from "@/lib/list-search"
import { Board } from "@/ui/board"
import { Select } from "@/ui/field"
import { ListBar } from "@/ui/list-bar"
import { ListPage } from "@/ui/list-page"
import { Empty, Failed, Skeleton } from "@/ui/states"
import { useToast } from "@/ui/toast"

interface Props {
  search: ListSearch
  onSearch: ChangeSearch
}

export function BoardPage({ search, onSearch }: Props) {
  const t = useText()
  const { data: pipelines, error, refetch } = useQuery(pipelinesOptions())
  const failure = failureOf(error)
  if (failure) return <Failed failure={failure} onRetry={() => void refetch()} />
  if (!pipelines) return <Skeleton />
  const pipeline = pipelines.find((one) => one.id === search.pipeline) ?? pipelines[0]
  if (!pipeline) return <Empty title={t("board.no_pipeline")} text={t("board.no_pipeline.text")} />
  return <PipelineBoard key={pipeline.id} pipeline={pipeline} pipelines={pipelines} search={search} onSearch={onSearch} />
}

function PipelineBoard({ pipeline, pipelines, search, onSearch }: Props & { pipeline: Pipeline; pipelines: readonly Pipeline[] }) {
  const t = useText()
  const locale = useLocale()
  const me = useMe()
  const may = useMay()
  const client = useQueryClient()
  const board = boardQuery(pipeline.id, search, me.id)
  const standing = useQuery(standingOptions(board)).data
  const { start, asked, answer, cancel } = useMoves(board, pipeline.stages)
  const find = (id: string) => cardsOf(client.getQueriesData<Cards>({ queryKey: ["opportunities", "list"] })).find((one) => one.id === id)
  const shown = pipeline.stages.find((one) => one.id === search.stage) ?? pipeline.stages[0]
  return (
    <ListPage
      bar={
        <>
          <BoardBar pipeline={pipeline} pipelines={pipelines} search={search} onSearch={onSearch} />
          <div className="border-b border-line p-3 md:hidden">
            <Select aria-label={t("field.stage")} value={shown?.id} onChange={(event) => { onSearch({ stage: event.target.value }) }}>
              {pipeline.stages.map((stage) => <option key={stage.id} value={stage.id}>{stage.name}</option>)}
            </Select>
          </div>
        </>
      }
      panel={search.open ? <OpportunityPanel key={search.open} id={search.open} stages={pipeline.stages} onMove={start} onClose={() => { onSearch({ open: undefined }) }} /> : null}
    >
      <Board
        label={t("nav.opportunities")}
        columnName={(id) => pipeline.stages.find((stage) => stage.id === id)?.name ?? ""}
        onMove={(id, to) => {
          const opportunity = find(id)
          const stage = pipeline.stages.find((one) => one.id === to)
          if (opportunity && stage) start(opportunity, stage)
        }}
        overlay={(id) => {
          const opportunity = find(id)
          return opportunity ? <OpportunityFace lifted opportunity={opportunity} /> : null
        }}
      >
        {pipeline.stages.map((stage) => (
          <StageColumn
            key={stage.id}
            board={board}
            stage={stage}
            stages={pipeline.stages}
            sum={formatSums(locale, standing?.stages.find((one) => one.stage_id === stage.id)?.current_amounts ?? [])}
            isShown={stage.id === shown?.id}
            openId={search.open}
            canMove={may("opportunity:update")}
            onOpen={(open) => { onSearch({ open }) }}
            onMove={start}
          />
        ))}
      </Board>
      {asked ? <LostDialog name={asked.opportunity.name} onCancel={cancel} onGiven={answer} /> : null}
    </ListPage>
  )
}

function cardsOf(found: readonly (readonly [unknown, Cards | undefined])[]): Opportunity[] {
  return found.flatMap(([, data]) => data?.pages.flatMap((page) => page.items) ?? [])
}

/** A drop on the lost column first asks why; each move can be taken back, and says why it could not be made. */
function useMoves(board: BoardQuery, stages: readonly Stage[]) {
  const t = useText()
  const toast = useToast()
  const { mutate } = useMove(board)
  const [asked, setAsked] = useState<{ opportunity: Opportunity; to: Stage } | null>(null)
  const run = (opportunity: Opportunity, to: Stage, reason?: string) => {
    const from = stages.find((stage) => stage.id === opportunity.stage_id)
    mutate(
      { opportunity, to, reason },
      {
        onSuccess: (moved) => {
          const undo = from && from.kind === "open" ? { label: t("ui.undo"), onSelect: () => { mutate({ opportunity: moved, to: from }) } } : undefined
          toast({ title: t("board.moved", { name: opportunity.name, column: to.name }), ...(undo ? { action: undo } : {}) })
        },
        onError: (refusal) => {
          toast({ tone: "bad", title: t("board.refused", { name: opportunity.name }), detail: refusal.message })
        },
      },
    )
  }
  const start = (opportunity: Opportunity, to: Stage) => {
    if (to.kind === "lost") setAsked({ opportunity, to })
    else run(opportunity, to)
  }
  const answer = (reason: string) => {
    setAsked(null)
    if (asked) run(asked.opportunity, asked.to, reason)
  }
  return { start, asked, answer, cancel: () => { setAsked(null) } }
}

function BoardBar({ pipeline, pipelines, search, onSearch }: Props & { pipeline: Pipeline; pipelines: readonly Pipeline[] }) {
  const t = useText()
  return (
    <ListBar
      title={t("nav.opportunities")}
      count={undefined}
      query={search.q}
      onQuery={(q) => { onSearch({ q }) }}
      searchLabel={t("opportunities.search")}
      filters={[
        {
          key: "owner",
          label: t("field.owner"),
          value: search.owner,
          choices: [{ value: "me", label: t("ui.me"), sentence: t("filter.owner.me") }],
        },
      ]}
      onFilter={(key, value) => { onSearch({ [key]: value }) }}
      actions={
        pipelines.length > 1 ? (
          <Select
            aria-label={t("field.pipeline")}
            className="w-44 max-md:w-32"
            value={pipeline.id}
            onChange={(event) => { onSearch({ pipeline: event.target.value, stage: undefined }) }}
          >
            {pipelines.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
          </Select>
        ) : null
      }
    />
  )
}
