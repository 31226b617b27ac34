import { dismissToast, toast } from '@/shared/toasts'

const UNDO_MS = 6_000

interface LaterOptions {
  /** "… removed" */
  text: string
  undoLabel: string
  run: () => Promise<unknown>
  /** Show it again: it was undone, or `run` failed. */
  restore: () => void
  whenFailed: (error: unknown) => void
}

const waiting = new Set<() => Promise<void>>()

/** Do something that the server cannot take back a few seconds later, with a button to undo until then. */
export function doLater(options: LaterOptions): void {
  let timer = 0
  const finish = async (): Promise<void> => {
    window.clearTimeout(timer)
    if (!waiting.delete(finish)) return
    try {
      await options.run()
    } catch (error) {
      options.restore()
      options.whenFailed(error)
    }
  }
  const undo = (): void => {
    window.clearTimeout(timer)
    if (!waiting.delete(finish)) return
    dismissToast(shown)
    options.restore()
  }
  waiting.add(finish)
  timer = window.setTimeout(() => void finish(), UNDO_MS)
  const shown = toast(options.text, {
    milliseconds: UNDO_MS,
    action: { label: options.undoLabel, run: undo },
  })
}

/** Do at once what still waits: the page is being closed. */
export function finishWaiting(): void {
  for (const finish of [...waiting]) void finish()
}

window.addEventListener('pagehide', finishWaiting)
