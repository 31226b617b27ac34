import { describe, expect, it } from 'vitest'

/** Sources of what offers keys. Whoever is mounted later would win a key that two claim: by chance, for a person. */
const sources = import.meta.glob<string>(
  ['./**/*', '../features/**/*', '!./**/*.spec.ts', '!../features/**/*.spec.ts'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
)
const EVERYWHERE = [
  './',
  '../features/floor/StateMenu',
  '../features/floor/HandsMenu',
  '../features/routing/',
  '../features/notifications/',
]
const PAGES = ['../features/tickets/', '../features/search/', '../features/knowledge/']
// as `keys: 'g i'`, or as TicketHeader's `command('take', 'q', …)`
const KEYS = /\b(?:keys|alsoKeys): '([^']+)'|\bcommand\(\s*'\w+',\s*'([^']+)'/g

/** Which keys a page claims together with what is on every page, and where. */
function claims(page: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [path, text] of Object.entries(sources)) {
    if (![...EVERYWHERE, page].some((one) => path.startsWith(one))) continue
    for (const [, first, second] of text.matchAll(KEYS)) {
      const key = first ?? second ?? ''
      found.set(key, [...(found.get(key) ?? []), path])
    }
  }
  return found
}

describe('keys', () => {
  it.each(PAGES)('stand for one thing each on %s', (page) => {
    const twice = [...claims(page)].filter(([, paths]) => paths.length > 1)
    expect(twice).toEqual([])
  })

  it('are those of the workspace that its handbook names', () => {
    const known = claims('../features/tickets/')
    for (const key of [...'jkorfnesutpaqwldicyzbhm', 'mod+k', 'g i']) expect(known.has(key), key).toBe(true)
    expect(known.get('i')).toEqual(['../features/tickets/TicketPane.vue'])
  })

  it('begin no sequence whose first key is a verb of its own', () => {
    for (const page of PAGES) {
      const known = [...claims(page).keys()]
      const firsts = known.filter((one) => one.includes(' ')).map((one) => one.split(' ')[0])
      expect(known.filter((one) => firsts.includes(one))).toEqual([])
    }
  })
})
