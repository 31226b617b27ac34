import { brandColours } from './colour'
import { el, icon, say as write, set, show } from './dom'
import { dress } from './dress'
import css from './front.css?inline'
import { askJson, backOffMs } from './http'
import { keepOutgoing, makeUuid, PREFIX } from './outbox'
import { makePanel } from './panel'
import { localStorageOrNull, openShelf } from './shelf'
import type { Talk, TalkPart } from './stage'
import type { Config, Locale, Message } from './types'
import { speak } from './words'

export interface Shell {
  open(): void
  close(): void
  /** Whom the host page says to have signed in, by its signed token; null: nobody. */
  identify(jwt: string | null): void
  remove(): void
}

export interface ShellOptions {
  origin: string
  publicKey: string
  config: Config
  locale: Locale
  /** The host page's signed token at the start. */
  jwt: string | null
  loadTalk(attempt: number): Promise<TalkPart>
}

/** The launcher, the panel and what stands between them and the page: focus, keys, the phone's keyboard. */
export function makeShell({ origin, publicKey, config, locale, jwt, loadTalk }: ShellOptions): Shell {
  const say = speak(locale)
  const shelf = openShelf(`ombud:${publicKey}:`, localStorageOrNull())
  const host = document.createElement('ombud-chat')
  const root = host.attachShadow({ mode: 'open' })
  dress(root, css)
  for (const [name, value] of Object.entries(brandColours(config.color))) host.style.setProperty(name, value)

  // A name that says nothing of who it is: a browser counts once.
  const browser = shelf.get('browser') ?? makeUuid()
  if (config.prepared?.length) shelf.set('browser', browser)

  let redraw = 0
  let talk: Talk | null = null
  let loading: Promise<Talk> | null = null
  let opener: HTMLElement | null = null
  let overflow = ''
  const end = new AbortController()
  const panel = makePanel({
    config,
    locale,
    shelf,
    say,
    talk: () => talk,
    close,
    send(text) {
      if (talk) return talk.send(text)
      keepOutgoing(shelf, { owner: '', text, attachments: [] })
      update()
      void begin()
    },
    tellPrepared(id, what) {
      // A count is not worth a word to the visitor.
      const path = `${origin}/widget/v1/${publicKey}/prepared/${id}`
      askJson(path, 'POST', null, { what, browser }).catch(() => undefined)
    },
    addFiles(files) {
      const chosen = [...files]
      if (chosen.length) void begin().then((talk) => talk.addFiles(chosen))
    },
  })
  const badge = el('span', { class: 'badge', hidden: true })
  const launcher = el(
    'button',
    {
      type: 'button',
      class: 'launcher',
      'aria-haspopup': 'dialog',
      'aria-controls': 'ombud-panel',
      onclick: () => (isOpen() ? close() : open()),
    },
    icon('chat'),
    icon('down'),
    badge,
  )
  const teaser = el('button', { type: 'button', class: 'teaser', hidden: true, onclick: open })
  const live = el('p', { class: 'hide', 'aria-live': 'polite' })
  const wrap = el('div', { class: 'wrap', lang: locale, onkeydown: onKey as EventListener })
  wrap.append(panel.element, teaser, launcher, live)
  root.append(wrap)
  const phone = matchMedia('(max-width:480px)')
  for (const event of ['resize', 'scroll'])
    visualViewport?.addEventListener(event, fit, { signal: end.signal })
  for (const event of ['offline', 'online', 'focus']) addEventListener(event, update, { signal: end.signal })
  document.body.append(host)
  update()
  if (jwt || shelf.get('visitor') || shelf.names(PREFIX).length) void begin()

  /** The second part, loaded when a talk begins or goes on; tried until it is there. */
  function begin(attempt = 0): Promise<Talk> {
    loading ??= load(attempt)
    return loading
  }

  async function load(attempt: number): Promise<Talk> {
    try {
      const part = await loadTalk(attempt)
      talk = part.begin({
        origin,
        publicKey,
        config,
        locale,
        shelf,
        root,
        panel,
        jwt,
        isOpen,
        changed,
        arrived,
      })
      update()
      if (isOpen()) talk.opened()
      return talk
    } catch {
      await new Promise((resolve) => setTimeout(resolve, backOffMs(attempt, 0)))
      return load(attempt + 1)
    }
  }

  function changed(): void {
    // Frames stand still in a hidden tab; the badge may not.
    if (document.hidden) update()
    else redraw ||= requestAnimationFrame(update)
  }

  function isOpen(): boolean {
    return !panel.element.hidden
  }

  function update(): void {
    cancelAnimationFrame(redraw)
    redraw = 0
    if (isOpen()) panel.update()
    const unread = talk?.unread() ?? 0
    show(badge, unread > 0)
    write(badge, unread > 99 ? '99+' : String(unread))
    const name = say(isOpen() ? 'close' : 'open')
    set(launcher, 'aria-label', unread ? `${name} (${say('unread', unread)})` : name)
    set(launcher, 'aria-expanded', String(isOpen()))
    if (!unread) show(teaser, false)
  }

  function arrived(_: Message, text: string): void {
    write(live, text)
    if (isOpen()) return
    write(teaser, text)
    show(teaser, true)
  }

  function open(): void {
    if (isOpen()) return
    opener = document.activeElement === host ? launcher : (document.activeElement as HTMLElement | null)
    show(panel.element, true)
    show(teaser, false)
    set(wrap, 'class', 'wrap open')
    set(panel.element, 'aria-modal', String(phone.matches))
    if (phone.matches) {
      overflow = document.documentElement.style.overflow
      document.documentElement.style.overflow = 'hidden'
    }
    fit()
    update()
    panel.opened()
  }

  function close(): void {
    if (!isOpen()) return
    show(panel.element, false)
    set(wrap, 'class', 'wrap')
    if (phone.matches) document.documentElement.style.overflow = overflow
    update()
    const target = opener?.isConnected && opener !== document.body ? opener : launcher
    target.focus()
  }

  /** The part of the screen that the phone's keyboard leaves. */
  function fit(): void {
    const view = visualViewport
    if (!view || !isOpen()) return
    wrap.style.setProperty('--height', `${view.height}px`)
    wrap.style.setProperty('--top', `${view.offsetTop}px`)
  }

  function onKey(event: KeyboardEvent): void {
    // The host page's shortcuts are not for what is typed here.
    event.stopPropagation()
    if (!isOpen()) return
    if (event.key === 'Escape' && !event.isComposing) return close()
    if (event.key !== 'Tab') return
    const all = panel.element.querySelectorAll<HTMLElement>("button,input,textarea,a[href],[tabindex='0']")
    const stops = [...all].filter((each) => each.getClientRects().length > 0)
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]]
    if (root.activeElement !== from) return
    event.preventDefault()
    to?.focus()
  }

  return {
    open,
    close,
    identify(jwt) {
      if (jwt || loading) void begin().then((talk) => talk.identify(jwt))
    },
    remove() {
      close()
      end.abort()
      talk?.shutdown()
      for (const name of shelf.names('')) shelf.remove(name)
      host.remove()
    },
  }
}
