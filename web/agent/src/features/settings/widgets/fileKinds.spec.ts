import { describe, expect, it } from 'vitest'
import { fileKinds, kindsOf, typesOf, usualKinds } from './fileKinds'

describe('kinds of files', () => {
  it('come back as the types that they stand for, whatever is chosen', () => {
    for (const kinds of [[], usualKinds, fileKinds]) expect(kindsOf(typesOf(kinds))).toEqual(kinds)
  })

  it('keep types that no kind knows', () => {
    const types = ['image/*', 'application/pdf', 'audio/mpeg']
    expect(kindsOf(types)).toEqual(['pdf', 'image/*', 'audio/mpeg'])
    expect(typesOf(kindsOf(types)).sort()).toEqual([...types].sort())
  })

  it('do not widen a part of a kind to the whole', () => {
    expect(kindsOf(['image/png'])).toEqual(['image/png'])
    expect(typesOf(['image/png'])).toEqual(['image/png'])
  })
})
