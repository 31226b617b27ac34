import { expect, it } from 'vitest'
import { linkTarget } from './link'

it.each([
  ['https://x.example/a', 'https://x.example/a'],
  [' x.example/a?b ', 'https://x.example/a?b'],
  ['rosa@x.example', 'mailto:rosa@x.example'],
  ['tel:+861065551234', 'tel:+861065551234'],
  ['', ''],
  ['javascript:alert(1)', null],
  ['JavaScript://x.example/%0aalert(1)', null],
  ['data:text/html,x', null],
  ['two words', null],
  ['word', null],
])('of %j leads to %j', (typed, target) => expect(linkTarget(typed)).toBe(target))
