import { describe, expect, it } from 'vitest'
import { contrast, judgeColour, parseColour } from './contrast'

describe('parseColour', () => {
  it('reads three and six digits alike', () => {
    expect(parseColour('#0AF')).toEqual(parseColour('#00aaff'))
  })

  it.each(['', 'red', '#12', '#12345', '0d7a6f', '#gggggg'])('refuses %j', (text) =>
    expect(parseColour(text)).toBeNull(),
  )
})

describe('contrast', () => {
  it('is 21 between black and white, whichever comes first', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21)
    expect(contrast([255, 255, 255], [0, 0, 0])).toBeCloseTo(21)
  })

  it('is 1 between equals', () => expect(contrast([9, 9, 9], [9, 9, 9])).toBe(1))
})

describe('judgeColour', () => {
  it('sets white on our own teal', () => {
    expect(judgeColour('#0d7a6f')).toMatchObject({ text: 'white', isGood: true })
  })

  it('sets dark text on yellow, where white could not be read', () => {
    expect(judgeColour('#ffd400')).toMatchObject({ text: 'dark', isGood: true })
  })

  it('says so when neither is enough', () => {
    const verdict = judgeColour('#777777')
    expect(verdict?.isGood).toBe((verdict?.ratio ?? 0) >= 4.5)
  })

  it('is null for what is no colour', () => expect(judgeColour('teal')).toBeNull())
})
