type T = (key: string, values: Record<string, unknown>) => string

/** Seconds as a person would say them: 45 s, 2 min, 1.5 h. */
export function spanText(seconds: number | null | undefined, t: T): string {
  if (seconds === null || seconds === undefined) return t('skills.asTeam', {})
  if (seconds < 120 && seconds % 60) return t('skills.span.s', { n: seconds })
  if (seconds < 7_200) return t('skills.span.m', { n: rounded(seconds / 60) })
  if (seconds < 172_800) return t('skills.span.h', { n: rounded(seconds / 3_600) })
  return t('skills.span.d', { n: rounded(seconds / 86_400) })
}

const rounded = (value: number): number => Math.round(value * 10) / 10
