import { keepContact, readContact } from '../contact'
import { el, fill, say as write, set, show } from '../dom'
import { dress } from '../dress'
import { isThere, waitText } from '../hours'
import type { Stage, Talk } from '../stage'
import type { Message } from '../types'
import { chime } from './chime'
import { Conversation, type State } from './conversation'
import { icon } from './icons'
import { isWithMachine, makePersonBar, toJudge } from './machine'
import { makeMessages } from './messages'
import { makeOffers } from './offers'
import css from './talk.css?inline'
import { makeTimes } from './times'
import { makeTray } from './tray'
import { speak as speakFront } from '../words'
import { speak } from './words'

const NEAR_PX = 80

/** The second part: brings the talk onto the stage that the first part has set. */
export function begin(stage: Stage): Talk {
  const { panel, config, locale, shelf, origin, publicKey } = stage
  const { scroll, composer, details } = panel
  const [say, sayFront] = [speak(locale), speakFront(locale)]
  const times = makeTimes(locale, say)
  dress(stage.root, css)
  const conversation = new Conversation({
    origin,
    publicKey,
    locale,
    shelf,
    jwt: stage.jwt,
    isWatched: stage.isOpen,
    changed: stage.changed,
    arrived,
  })
  const tray = makeTray({
    say,
    times,
    config,
    composer,
    upload: (file, progressed, signal) => conversation.upload(file, progressed, signal),
  })
  const drawMessages = makeMessages(panel.list, {
    say,
    times,
    origin,
    retry: (key) => conversation.retry(key),
    drop: (key) => conversation.drop(key),
    helped: (entryId) => conversation.helped(entryId),
    askPerson,
    choose: speakFor,
  })
  const personBar = makePersonBar(say, askPerson)
  const typing = el('div', { class: 'typing', hidden: true }, el('i'), el('i'), el('i'), el('span'))
  const hint = el('div', { class: 'hint', hidden: true })
  const offers = makeOffers({
    say,
    times,
    contact: () => readContact(shelf),
    callBack: (wish) => conversation.callBack(wish).finally(stage.changed),
  })
  const newer = el(
    'button',
    { type: 'button', class: 'newer', hidden: true, onclick: toEnd },
    say('newer'),
    icon('down'),
  )
  const dropZone = el('div', { class: 'drop', hidden: true }, say('drop'))
  const sound = el('button', { type: 'button', onclick: toggleSound })
  const listeners = new AbortController()
  panel.foot.replaceChildren(typing, personBar.element, offers.element, hint)
  panel.middle.append(newer)
  panel.element.append(dropZone)
  panel.head.lastElementChild?.before(sound)
  let isAtEnd = true
  let shownRows = 0
  // The composer grew, or the phone's keyboard came up: the newest message stays in sight.
  const observer = new ResizeObserver(() => isAtEnd && toEnd())
  observer.observe(scroll)
  scroll.addEventListener('scroll', look, { signal: listeners.signal })
  addEventListener('focus', look, { signal: listeners.signal })
  takeDroppedFiles()
  drawSound()

  function arrived(message: Message): void {
    const name = message.machine ? say('machine') : message.author_name || say('agent')
    stage.arrived(message, say('newMessage', name, message.text || message.attachments[0]?.name || ''))
    if (hasSound()) chime()
  }

  /** What a button says, in words: whoever reads the talk sees it, and it is kept while the line is down. */
  function speakFor(text: string): void {
    conversation.send(text, [])
    toEnd()
    composer.focus()
  }

  function askPerson(): void {
    speakFor(say('person'))
  }

  function hasSound(): boolean {
    return shelf.get('sound') === '1'
  }

  function toggleSound(): void {
    shelf.set('sound', hasSound() ? '0' : '1')
    drawSound()
    if (hasSound()) chime()
  }

  function drawSound(): void {
    fill(sound, icon(hasSound() ? 'sound' : 'mute'))
    for (const name of ['title', 'aria-label']) set(sound, name, say(hasSound() ? 'soundOff' : 'soundOn'))
  }

  function toEnd(): void {
    isAtEnd = true
    scroll.scrollTop = scroll.scrollHeight
    look()
  }

  function look(): void {
    isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX
    if (!isAtEnd) return
    show(newer, false)
    if (stage.isOpen() && document.hasFocus()) conversation.seen()
  }

  function bannerText({ problem }: State): string {
    if (!navigator.onLine) return say('offline')
    if (!problem) return ''
    if (problem.status === 429) return say('slow', Math.ceil(problem.retryAfter) || 1)
    if (problem.status === 403) return say('blocked')
    return say(problem.status === 401 ? 'identity' : 'trouble')
  }

  function statusText({ status, rows, isClosed }: State): string {
    if (!config.office.is_open || !rows.length || isClosed || !status?.position) return panel.calm
    const { position, wait } = status
    if (wait?.basis === 'nobody' || wait?.basis === 'closed') return say('nobody')
    const place = position > 1 ? say('position', position) : say('next')
    const time = waitText(wait, sayFront)
    return time ? `${place} · ${time}` : place
  }

  function isSomebodyThere({ status }: State): boolean {
    if (status?.state === 'assigned') return config.office.is_open
    return isThere({ office: config.office, wait: status?.wait ?? config.wait })
  }

  function askMail(): void {
    details.isWanted = true
    stage.changed()
    requestAnimationFrame(() => details.element.querySelector<HTMLElement>('input[type=email]')?.focus())
  }

  function saveMail(): void {
    const contact = details.read()
    if (!contact) return
    details.isWanted = false
    keepContact(shelf, contact)
    conversation.tellContact(contact)
    stage.changed()
    composer.focus()
  }

  function drawHint({ rows, isClosed }: State): void {
    const { email } = readContact(shelf)
    const isElsewhere = !offers.element.hidden && !details.isWanted
    show(hint, rows.length > 0 && (isClosed || (config.pre_chat.email !== 'off' && !isElsewhere)))
    const key = [email, isClosed, details.isWanted].join()
    if (hint.dataset.key === key) return
    hint.dataset.key = key
    const verb = (onclick: () => void) => el('button', { type: 'button', class: 'verb', onclick })
    if (isClosed) return fill(hint, say('closed'))
    if (email && !details.isWanted) return fill(hint, icon('mail'), say('mail', email))
    const button = verb(details.isWanted ? saveMail : askMail)
    fill(button, icon('mail'), say(details.isWanted ? 'save' : 'askMail'))
    fill(hint, button)
  }

  function draw(): void {
    const state = conversation.state()
    write(panel.status, statusText(state))
    set(panel.status, 'class', isSomebodyThere(state) ? 'status on' : 'status')
    write(panel.banner, bannerText(state))
    show(panel.banner, !!panel.banner.textContent)
    show(typing, state.typing !== null)
    // an agent without a display name has none that a customer may see
    const writer = state.typing || say('agent')
    if (state.typing !== null) write(typing.lastElementChild as Element, say('typing', writer))
    offers.draw(state.isClosed ? null : state.status)
    // below an answer the way to a person stands beside the question whether it helped
    const isAsked = toJudge(state.rows) > 0
    personBar.draw(!state.isClosed && !isAsked && isWithMachine(state.rows, config.is_machine_on ?? false))
    drawHint(state)
    const wasAtEnd = isAtEnd
    drawMessages(state.rows)
    if (wasAtEnd) toEnd()
    else if (state.rows.length > shownRows) show(newer, true)
    shownRows = state.rows.length
  }

  function takeDroppedFiles(): void {
    const on = <K extends keyof HTMLElementEventMap>(name: K, act: (event: HTMLElementEventMap[K]) => void) =>
      panel.element.addEventListener(name, act, { signal: listeners.signal })
    on('dragover', (event) => {
      event.preventDefault()
      show(dropZone, !!event.dataTransfer?.types.includes('Files'))
    })
    on('dragleave', (event) => {
      if (!panel.element.contains(event.relatedTarget as Node | null)) show(dropZone, false)
    })
    on('drop', (event) => {
      event.preventDefault()
      show(dropZone, false)
      tray.add(event.dataTransfer?.files ?? [])
    })
  }

  return {
    send(text) {
      details.isWanted = false
      conversation.send(text, tray.take())
      toEnd()
    },
    filesReady: tray.ready,
    addFiles: tray.add,
    typed: (length) => conversation.typed(length),
    draw,
    opened: toEnd,
    unread: () => conversation.state().unread,
    identify: (jwt) => conversation.identify(jwt),
    shutdown() {
      listeners.abort()
      observer.disconnect()
      conversation.shutdown()
    },
  }
}
