import { i18n } from '@/i18n'
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

const seconds = ref(Date.now())
let users = 0
let timer = 0

/** The present moment in milliseconds, every second, as long as something on the page counts by it. */
export function useSecond(): Ref<number> {
  onMounted(() => {
    users += 1
    if (users > 1) return
    seconds.value = Date.now()
    timer = window.setInterval(() => (seconds.value = Date.now()), 1_000)
  })
  onBeforeUnmount(() => {
    users -= 1
    if (users === 0) window.clearInterval(timer)
  })
  return seconds
}

/** A span as a clock shows it: 0:07, 12:30, 1:02:03, 2d 4h; never less than nothing. */
export function clockSpan(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1_000))
  const [hours, minutes, rest] = [Math.floor(total / 3_600), Math.floor(total / 60) % 60, total % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  if (hours >= 24) return days(hours)
  return hours ? `${String(hours)}:${two(minutes)}:${two(rest)}` : `${String(minutes)}:${two(rest)}`
}

function days(hours: number): string {
  const inUnit = (value: number, unit: string): string =>
    new Intl.NumberFormat(i18n.global.locale.value, { style: 'unit', unit, unitDisplay: 'narrow' }).format(
      value,
    )
  return `${inUnit(Math.floor(hours / 24), 'day')} ${inUnit(hours % 24, 'hour')}`
}

/** How long something lasts by now. */
export function lasted(since: string | null, now: number): string {
  return since === null ? '' : clockSpan(now - Date.parse(since))
}
