import { useState } from "react"

import type { Schemas } from "@/api/client"
import { parseAmount } from "@/lib/format"
import { useLocale, useText } from "@/lib/i18n"
import { Field, Input, Select } from "@/ui/field"

type Pipeline = Schemas["PipelineRead"]
type Facts = Schemas["OpportunityFacts"]

const CURRENCIES = ["CNY", "USD", "EUR", "GBP", "JPY"]

/** What is known of the opportunity to be; `facts` is null while something is missing. */
export function useOpportunityFacts(name: string, pipelines: readonly Pipeline[]) {
  const locale = useLocale()
  const [wanted, setWanted] = useState(true)
  const [values, setValues] = useState({ name, pipeline: "", amount: "", currency: locale === "zh" ? "CNY" : "USD", closes: "" })
  const pipeline = pipelines.find((one) => one.id === values.pipeline) ?? pipelines[0]
  const amount = values.amount.trim() === "" ? 0 : parseAmount(values.amount, values.currency)
  const wrong = { name: values.name.trim() === "", amount: amount === null }
  const complete = wanted && pipeline && amount !== null && !wrong.name
  const facts: Facts | null = complete
    ? {
        name: values.name.trim(),
        pipeline_id: pipeline.id,
        amount_minor: amount,
        currency: values.currency,
        expected_close_date: values.closes || null,
      }
    : null
  const set = (patch: Partial<typeof values>) => { setValues((before) => ({ ...before, ...patch })) }
  return { wanted, setWanted, values, set, pipeline, wrong, facts }
}

interface Props {
  state: ReturnType<typeof useOpportunityFacts>
  pipelines: readonly Pipeline[]
}

export function OpportunityFields({ state, pipelines }: Props) {
  const t = useText()
  const { wanted, setWanted, values, set, pipeline, wrong } = state
  const stage = pipeline?.stages[0]?.name ?? ""
  return (
    <>
      <label className="flex min-h-8 items-center gap-2 max-md:min-h-11">
        <input type="checkbox" checked={wanted} onChange={(event) => { setWanted(event.target.checked) }} />
        {wanted ? t("convert.opportunity.new", { stage }) : t("convert.opportunity.none")}
      </label>
      {wanted ? (
        <div className="grid grid-cols-2 gap-3">
          <Field label={t("field.name")} className="col-span-2" error={wrong.name ? t("form.required") : undefined}>
            {(own) => <Input {...own} value={values.name} onChange={(event) => { set({ name: event.target.value }) }} />}
          </Field>
          <Field label={t("field.amount")} error={wrong.amount ? t("form.amount") : undefined}>
            {(own) => (
              <Input {...own} inputMode="decimal" className="figures" value={values.amount} onChange={(event) => { set({ amount: event.target.value }) }} />
            )}
          </Field>
          <Field label={t("field.currency")}>
            {(own) => (
              <Select {...own} value={values.currency} onChange={(event) => { set({ currency: event.target.value }) }}>
                {CURRENCIES.map((currency) => <option key={currency}>{currency}</option>)}
              </Select>
            )}
          </Field>
          <Field label={t("field.pipeline")}>
            {(own) => (
              <Select {...own} value={pipeline?.id ?? ""} onChange={(event) => { set({ pipeline: event.target.value }) }}>
                {pipelines.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
              </Select>
            )}
          </Field>
          <Field label={t("field.closes")}>
            {(own) => <Input {...own} type="date" value={values.closes} onChange={(event) => { set({ closes: event.target.value }) }} />}
          </Field>
        </div>
      ) : null}
    </>
  )
}
