import { ApiError } from '@api'
import { describe, expect, it, vi } from 'vitest'
import { useForm, type Errors } from './useForm'

const make = (save: (values: { name: string; note: string }) => Promise<unknown> = async () => undefined) =>
  useForm({
    initial: { name: 'a', note: '' },
    check: (values): Errors => (values.name ? {} : { name: 'missing' }),
    save,
  })

describe('useForm', () => {
  it('is dirty only while something differs from what is saved', () => {
    const form = make()
    form.values.note = 'x'
    expect(form.isDirty.value).toBe(true)
    form.values.note = ''
    expect(form.isDirty.value).toBe(false)
  })

  it('says what is wrong with a field when it is left, not before', () => {
    const form = make()
    form.values.name = ''
    expect(form.errors.value).toEqual({})
    form.touch('name')
    expect(form.errors.value).toEqual({ name: 'missing' })
  })

  it('saves nothing that is wrong', async () => {
    const save = vi.fn(async () => undefined)
    const form = make(save)
    form.values.name = ''
    expect(await form.submit()).toBe(false)
    expect(save).not.toHaveBeenCalled()
    expect(form.errors.value).toEqual({ name: 'missing' })
  })

  it('is clean after saving, and keeps what was typed meanwhile as a change', async () => {
    const form = make(async () => {
      form.values.note = 'typed meanwhile'
    })
    form.values.name = 'b'
    expect(await form.submit()).toBe(true)
    expect(form.isDirty.value).toBe(true)
    form.reset()
    expect(form.values).toEqual({ name: 'b', note: '' })
  })

  it('shows a refusal at its field, and in general where there is no such field', async () => {
    const refusal = (fields: Record<string, string>) =>
      make(async () => {
        throw new ApiError(400, 'invalid', 'No.', fields)
      })
    const placed = refusal({ note: 'too long' })
    await placed.submit()
    expect(placed.errors.value).toEqual({ note: 'too long' })
    expect(placed.problem.value).toBe('')
    const unplaced = refusal({ other: 'wrong' })
    await unplaced.submit()
    expect(unplaced.problem.value).toBe('No.')
  })

  it('forgets a refusal when something is changed', async () => {
    const form = make(async () => {
      throw new ApiError(400, 'invalid', 'No.', { note: 'too long' })
    })
    await form.submit()
    form.values.note = 'shorter'
    await vi.waitFor(() => expect(form.errors.value).toEqual({}))
  })

  it('sends once, however often it is pressed', async () => {
    const save = vi.fn(() => new Promise((done) => setTimeout(done, 10)))
    const form = make(save)
    await Promise.all([form.submit(), form.submit()])
    expect(save).toHaveBeenCalledTimes(1)
  })
})
