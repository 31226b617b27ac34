import { shallowRef } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'good' | 'bad'
  /** A verb that takes it back, mends it or opens it. */
  action?: { label: string; run: () => void }
  /** Moment (ms) at which it goes; a countdown is drawn until then. */
  until: number
  hasCountdown: boolean
}

const PLAIN_MS = 4_000
const BAD_MS = 9_000
let last = 0

export const toasts = shallowRef<Toast[]>([])

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

interface ToastOptions {
  tone?: Toast['tone']
  action?: Toast['action'] | undefined
  /** How long it stays; given by the caller it is drawn as a countdown. */
  milliseconds?: number
}

/** Say something at the foot of the page; returns the id to dismiss it with. */
export function toast(text: string, options: ToastOptions = {}): number {
  const id = ++last
  const tone = options.tone ?? 'plain'
  const milliseconds = options.milliseconds ?? (tone === 'bad' ? BAD_MS : PLAIN_MS)
  const entry: Toast = {
    id,
    text,
    tone,
    until: Date.now() + milliseconds,
    hasCountdown: options.milliseconds !== undefined,
  }
  if (options.action) entry.action = options.action
  toasts.value = [...toasts.value.slice(-3), entry]
  window.setTimeout(() => dismissToast(id), milliseconds)
  return id
}
