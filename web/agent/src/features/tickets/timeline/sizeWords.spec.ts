import { expect, it } from 'vitest'
import { sizeWords } from './sizeWords'

it.each([
  [0, '0 byte'],
  [900, '900 byte'],
  [48_213, '48 kB'],
  [4_821_300, '4.8 MB'],
])('writes %i bytes as %s', (bytes, words) => {
  expect(sizeWords(bytes, 'en')).toBe(words)
})
