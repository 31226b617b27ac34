import { askJson, backOffMs } from './http'
import { asProblem } from './problem'
import { makeShell, type Shell } from './shell'
import type { TalkPart } from './stage'
import type { Config } from './types'
import { pickLocale } from './words'

/** File name of the second part; the build fills it in. */
declare const __TALK__: string

type Call = [command: string, value?: unknown]
type Ombud = ((...call: Call) => void) & { q?: ArrayLike<unknown>[]; isReady?: boolean }

declare global {
  interface Window {
    ombud?: Ombud
  }
}

/**
 * `<script async src="https://desk.example/widget.js" data-key="…" data-locale="zh-CN" data-token="JWT"></script>`
 *
 * `ombud("open")`, `ombud("close")`, `ombud("identify", token)` (null: signed out), `ombud("shutdown")` (the browser forgets its visitor).
 */
function start(script: HTMLScriptElement): void {
  const publicKey = script.dataset.key
  const { origin } = new URL(script.src)
  if (window.ombud?.isReady || !publicKey) return
  const waiting = [...(window.ombud?.q ?? [])].map((call) => Array.from(call) as Call)
  let shell: Shell | null = null
  let isOver = false

  const commands: Record<string, (shell: Shell, value: unknown) => void> = {
    open: (shell) => shell.open(),
    close: (shell) => shell.close(),
    identify: (shell, token) => shell.identify(typeof token === 'string' && token ? token : null),
    shutdown(shell) {
      shell.remove()
      isOver = true
      delete window.ombud
    },
  }
  const ombud: Ombud = (...call) => {
    if (isOver) return
    if (shell) commands[call[0]]?.(shell, call[1])
    else waiting.push(call)
  }
  ombud.isReady = true
  window.ombud = ombud

  // Some browsers remember a module that failed to load by its address.
  const loadTalk = (attempt: number) =>
    import(
      /* @vite-ignore */ `${origin}/widget/${__TALK__}${attempt ? `?${attempt}` : ''}`
    ) as Promise<TalkPart>

  async function load(failures = 0): Promise<void> {
    try {
      const config = await askJson<Config>(`${origin}/widget/v1/${publicKey}/config`)
      const wishes = [script.dataset.locale, document.documentElement.lang, ...navigator.languages]
      const locale = pickLocale(wishes, config.locale_default)
      shell = makeShell({
        origin,
        publicKey: publicKey ?? '',
        config,
        locale,
        jwt: script.dataset.token || null,
        loadTalk,
      })
      for (const call of waiting.splice(0)) ombud(...call)
    } catch (error) {
      const problem = asProblem(error)
      // No chat is better than a broken one in somebody else's shop; its owner finds the reason in the console.
      if (problem.isFinal) console.warn(`ombud: no chat for this key (${problem.code})`)
      else setTimeout(() => void load(failures + 1), backOffMs(failures + 1, problem.retryAfter))
    }
  }
  if (document.body) void load()
  else addEventListener('DOMContentLoaded', () => void load())
}

const script = document.currentScript ?? document.querySelector("script[data-key][src*='/widget.js']")
if (script instanceof HTMLScriptElement && script.src) start(script)
