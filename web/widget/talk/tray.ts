import type { Composer } from '../composer'
import { el, set } from '../dom'
import { asProblem } from '../problem'
import type { Attachment, Config } from '../types'
import type { Say } from '../words'
import { icon } from './icons'
import type { Times } from './times'
import type { Word } from './words'

export interface TrayOptions {
  say: Say<Word>
  times: Times
  config: Config
  composer: Composer
  upload(file: File, progressed: (part: number) => void, signal: AbortSignal): Promise<Attachment>
}

export interface Tray {
  add(files: Iterable<File>): void
  /** How many are ready; null while one is on its way. */
  ready(): number | null
  take(): Attachment[]
}

const MAX_FILES = 5

export function isTypeAllowed(type: string, allowed: string[]): boolean {
  const fits = (each: string) => each === type || (each.endsWith('/*') && type.startsWith(each.slice(0, -1)))
  return !allowed.length || allowed.some(fits)
}

/** The chosen files above the line, each with its progress and a way to leave it out again. */
export function makeTray({ say, times, config, composer, upload }: TrayOptions): Tray {
  const chips = new Map<HTMLElement, Attachment | null>()

  function problemWith(file: File): string {
    if (file.size > config.file_max_bytes) return say('tooBig', file.name, times.size(config.file_max_bytes))
    if (!isTypeAllowed(file.type, config.file_types)) return say('badType', file.name)
    return chips.size >= MAX_FILES ? say('tooMany', MAX_FILES) : ''
  }

  function refusal(file: File, status: number): string {
    if (status === 413) return say('tooBig', file.name, times.size(config.file_max_bytes))
    return say(status === 415 ? 'badType' : 'uploadFailed', file.name)
  }

  function addOne(file: File): void {
    const abort = new AbortController()
    const progress = el('progress', { max: 1, value: 0, 'aria-label': file.name })
    const remove = el('button', { type: 'button', 'aria-label': say('removeFile', file.name) }, icon('cross'))
    const chip = el(
      'span',
      { class: 'chip' },
      el('span', { class: 'file-name' }, file.name),
      progress,
      remove,
    )
    const leave = () => {
      abort.abort()
      chips.delete(chip)
      chip.remove()
      composer.look()
    }
    remove.addEventListener('click', leave)
    chips.set(chip, null)
    composer.tray.append(chip)
    upload(file, (part) => set(progress, 'value', part), abort.signal).then(
      (done) => {
        progress.remove()
        if (chips.has(chip)) chips.set(chip, done)
        composer.look()
      },
      (error: unknown) => {
        if (!chips.has(chip)) return
        leave()
        composer.complain(refusal(file, asProblem(error).status))
      },
    )
  }

  return {
    add(files) {
      if (!config.file_max_bytes) return
      for (const file of files) {
        const problem = problemWith(file)
        composer.complain(problem)
        if (!problem) addOne(file)
      }
      composer.look()
    },
    ready() {
      const files = [...chips.values()]
      return files.includes(null) ? null : files.length
    },
    take() {
      const files = [...chips.values()].flatMap((file) => file ?? [])
      for (const chip of chips.keys()) chip.remove()
      chips.clear()
      return files
    },
  }
}
