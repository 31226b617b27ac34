import type { Entry } from '@api'
import { computed, toRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRisks } from '../risks/data'
import { inFull, useMarking } from './data'
import { markHtml, type Wanted } from './marks'

/** What an entry shows to its reader: its texts, in full once they asked, and what is marked in them. */
export function useMarks(props: { entry: Entry }) {
  const { t } = useI18n()
  const marking = useMarking()
  const alerts = useRisks(computed(() => props.entry.ticket_id))
  const entry = toRef(props, 'entry')
  const full = computed(() => inFull.get(entry.value.id))
  const found = computed(() => full.value?.personal_data ?? entry.value.personal_data ?? [])
  const text = computed(() => full.value?.text ?? entry.value.text)
  const spans = computed(() => found.value.filter((one) => marking.value.marked.includes(one.kind)))
  const risks = computed(() =>
    (alerts.data.value?.items ?? []).filter(
      (one) => one.entry_id === entry.value.id && one.state !== 'false_alarm' && one.kind !== 'third_contact',
    ),
  )
  const isHidden = computed(
    () => !full.value && found.value.some((one) => marking.value.hidden.includes(one.kind)),
  )
  const wanted = computed<Wanted[]>(() => {
    const signs = [...text.value]
    return [
      ...risks.value.map((one) => ({
        text: signs.slice(one.starts, one.ends).join(''),
        mark: 'risk' as const,
        title: t(`risks.kind.${one.kind}`),
      })),
      ...spans.value.map((one) => ({
        text: signs.slice(one.start, one.end).join(''),
        mark: 'personal' as const,
        title: t(`personal.kind.${one.kind}`),
      })),
    ]
  })
  const html = computed(() => {
    const shown = full.value ? full.value.html : entry.value.html
    return shown === null ? null : markHtml(shown, wanted.value)
  })
  const quoted = computed(() => (full.value ? full.value.quoted : entry.value.quoted) ?? '')
  return {
    text,
    html,
    quoted,
    spans,
    risks,
    isHidden,
    isFull: computed(() => full.value !== undefined),
    marking,
  }
}
