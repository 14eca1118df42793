import { useQuery } from "@tanstack/react-query"

import { failureOf } from "@/api/problem"
import { funnelOptions } from "@/features/dashboard/api"
import { stepsOf } from "@/features/dashboard/figures"
import { formatNumber, formatPercent, formatSums } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import { Bars, ChartCard } from "@/ui/chart"
import { Empty, Failed, Skeleton } from "@/ui/states"

export function FunnelChart({ pipelineId, name }: { pipelineId: string | undefined; name: string | undefined }) {
  const t = useText()
  const locale = useLocale()
  const { data, error, refetch } = useQuery(funnelOptions(pipelineId))
  const failure = failureOf(error)
  if (failure) return <Failed failure={failure} onRetry={() => void refetch()} />
  if (!data) return <Skeleton lines={6} />
  const steps = stepsOf(data.stages)
  const lost = data.stages.filter((stage) => stage.kind === "lost").reduce((sum, stage) => sum + (stage.entered ?? 0), 0)
  const share = (value: number | undefined) => (value === undefined ? "" : formatPercent(locale, value))
  const columns = [
    { key: "stage", title: t("field.stage") },
    { key: "entered", title: t("funnel.entered") },
    { key: "conversion", title: t("funnel.conversion") },
    { key: "current", title: t("funnel.current") },
    { key: "amount", title: t("field.amount") },
  ]
  const rows = data.stages.map((stage) => ({
    stage: stage.name,
    entered: formatNumber(locale, stage.entered ?? 0),
    conversion: share(steps.find((step) => step.stage.stage_id === stage.stage_id)?.conversion),
    current: formatNumber(locale, stage.current ?? 0),
    amount: formatSums(locale, stage.current_amounts ?? []),
  }))
  return (
    <ChartCard title={t("funnel.title")} note={name} columns={columns} rows={rows}>
      {steps.some((step) => step.entered > 0) ? (
        <Bars
          label={t("funnel.title")}
          bars={steps.map(({ stage, entered, conversion }) => ({
            key: stage.stage_id,
            label: stage.name,
            value: entered,
            text: formatNumber(locale, entered),
            note: conversion === undefined ? "" : t("funnel.share", { share: share(conversion) }),
            tone: stage.kind === "won" ? "won" : "accent",
          }))}
          note={<p className="figures mt-3 text-meta text-ink-3">{t("funnel.lost", { count: lost })}</p>}
        />
      ) : (
        <Empty title={t("funnel.empty")} text={t("funnel.empty.text")} />
      )}
    </ChartCard>
  )
}
