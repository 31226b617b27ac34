import type { Field, Ticket } from '@api'
import { now } from '@ui'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import {
  comparableValues,
  formProblems,
  formState,
  isEmptyValue,
  nameIn,
  useFields,
  type FieldState,
  type FieldValues,
} from '@/shared/fields'
import { me } from '@/shared/session'
import { isOpen } from '../data/rules'
import { fieldDraft, hasDraft } from './draft'

export interface FormLine {
  field: Field
  state: FieldState | undefined
  value: unknown
  problem: string | undefined
}

/** The form of a ticket as it stands with what is entered and not saved yet. */
export function useTicketForm(ticket: ComputedRef<Ticket>) {
  const { locale } = useI18n()
  const desk = useFields()
  const draft = computed(() => fieldDraft(ticket.value.id))
  const typeId = computed(() =>
    draft.value.typeId === undefined ? ticket.value.type_id : draft.value.typeId,
  )
  const type = computed(() => desk.type(typeId.value))
  const values = computed<FieldValues>(() => ({ ...ticket.value.fields, ...draft.value.fields }))
  const isDirty = computed(() => hasDraft(draft.value))

  const states = computed(() => {
    const { priority, status_id, category, team_id, brand_id, channel_kind, tags, customer } = ticket.value
    const facts = {
      priority,
      status: status_id,
      category,
      team: team_id,
      brand: brand_id,
      channel: channel_kind ?? '',
      tags,
      tier: customer.tier,
    }
    const named = comparableValues(desk.fields.value, values.value)
    const context = {
      now: new Date(now.value),
      me: me.value.id,
      myTeams: me.value.teams.map((team) => team.id),
    }
    return formState(type.value?.form ?? [], type.value?.rules ?? [], { ...facts, ...named }, context).filter(
      (state) => desk.field(state.key)?.is_archived === false,
    )
  })

  const changed = computed(() => Object.keys(draft.value.fields))
  const missing = computed(() =>
    formProblems(states.value, values.value, changed.value, !isOpen(ticket.value)),
  )
  /** What stands against saving, once something was entered, and what the server said. */
  const problems = computed(() => {
    const said = Object.entries(draft.value.problems).filter(
      ([key, code]) => code !== 'required' || isEmptyValue(values.value[key]),
    )
    return { ...(isDirty.value ? missing.value : {}), ...Object.fromEntries(said) }
  })

  function line(field: Field, state: FieldState | undefined): FormLine {
    return { field, state, value: values.value[field.key], problem: problems.value[field.key] }
  }
  const lines = computed<FormLine[]>(() =>
    states.value.flatMap((state) => {
      const field = state.isShown ? desk.field(state.key) : undefined
      return field ? [line(field, state)] : []
    }),
  )
  /** Values that the form does not show: of another type, hidden by a rule, archived. */
  const others = computed<FormLine[]>(() => {
    const shown = new Set(lines.value.map((one) => one.field.key))
    return desk.fields.value
      .filter((field) => !shown.has(field.key) && !isEmptyValue(values.value[field.key]))
      .map((field) => line(field, undefined))
  })
  const typeOptions = computed(() =>
    desk.types.value
      .filter((one) => !one.is_archived || one.id === typeId.value)
      .map((one) => ({ value: one.id, label: nameIn(locale.value, one) })),
  )
  return { desk, draft, typeId, type, lines, others, missing, problems, isDirty, typeOptions }
}
