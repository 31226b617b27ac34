import { describe, expect, it } from 'vitest'
import type { FieldChoice } from '@api'
import { added, dropped, movedChoice, parseChoices, withPasted, withValues, writeChoices } from './choices'

const make = (value: string, zh = value, en = value): FieldChoice => ({
  value,
  name_zh: zh,
  name_en: en,
  is_archived: false,
})
const values = (choices: FieldChoice[]): string[] => choices.map((one) => one.value)
const tree = [
  make('washer', '洗衣机', 'Washer'),
  make('washer/drum', '滚筒', 'Drum'),
  make('dryer', '烘干机', 'Dryer'),
]

describe('choices', () => {
  it('reads a tree from indented lines, by spaces or tabs', () => {
    const found = parseChoices('洗衣机 | Washer\n  滚筒 | Drum\n\t波轮|Pulsator\n烘干机', true, [])
    expect(values(found)).toEqual(['washer', 'washer/drum', 'washer/pulsator', '烘干机'])
    expect(found.at(-1)).toMatchObject({ name_zh: '烘干机', name_en: '烘干机' })
  })

  it('keeps the value of a choice that is there already', () => {
    expect(values(parseChoices('洗衣机 | Washing machine\n  滚筒 | Drums', true, tree))).toEqual([
      'washer',
      'washer/drum',
    ])
  })

  it('ignores indentation where there are no levels, and makes values unlike', () => {
    expect(values(parseChoices('a\n  a\nb/c', false, []))).toEqual(['a', 'a-2', 'b-c'])
  })

  it('archives what is no longer among the pasted', () => {
    const after = withPasted(tree, parseChoices('烘干机 | Dryer', true, tree))
    expect(after.map((one) => [one.value, one.is_archived])).toEqual([
      ['dryer', false],
      ['washer', true],
      ['washer/drum', true],
    ])
  })

  it('writes what it reads', () => {
    expect(parseChoices(writeChoices(tree), true, tree)).toEqual(tree)
  })

  it('adds under a branch, and at the end', () => {
    expect(values(added(tree, 'washer'))).toEqual(['washer', 'washer/drum', 'washer/new', 'dryer'])
    expect(values(added(tree, ''))).toEqual([...values(tree), 'new'])
  })

  it('moves a branch with what lies under it', () => {
    expect(values(movedChoice(tree, 'washer', 1))).toEqual(['dryer', 'washer', 'washer/drum'])
    expect(values(movedChoice(tree, 'dryer', -1))).toEqual(['dryer', 'washer', 'washer/drum'])
    expect(movedChoice(tree, 'dryer', 1)).toEqual(tree)
  })

  it('drops what was never saved and archives what was', () => {
    const after = dropped(tree, 'washer', new Set(['washer']))
    expect(after.map((one) => [one.value, one.is_archived])).toEqual([
      ['washer', true],
      ['dryer', false],
    ])
  })

  it('names new values by what was typed, below a new branch as well', () => {
    const fresh = [...tree, make('new', '水槽', 'Sink'), make('new/new', '龙头', 'Tap')]
    expect(values(withValues(fresh, new Set(values(tree)))).slice(-2)).toEqual(['sink', 'sink/tap'])
  })
})
