import { keepAnswers, readAnswers, readContact } from '../contact'
import type { Outgoing } from '../outbox'
import { asProblem, type Problem } from '../problem'
import type { Shelf } from '../shelf'
import type { Attachment, Contact, Locale, Message, Page, QueueStatus, Way } from '../types'
import { makeApi, type Api } from './api'
import { keepCurrent } from './link'
import { makeQueue, type Queue } from './queue'
import { makeSession, type Session } from './session'
import type { Frame } from './sse'
import { joinTabs, type Tabs } from './tabs'
import { asMessage, countUnread, lastId, markRead, mergeMessages, rowsOf, type Row } from './thread'

/** All that the screen shows of the talk. */
export interface State {
  rows: Row[]
  unread: number
  /** Why nothing moves, or null. */
  problem: Problem | null
  typing: string | null
  status: QueueStatus | null
  isClosed: boolean
}

export interface ConversationOptions {
  origin: string
  publicKey: string
  locale: Locale
  shelf: Shelf
  jwt: string | null
  /** Somebody looks at it. */
  isWatched(): boolean
  changed(): void
  /** A message of the desk that was not there before. */
  arrived(message: Message): void
}

const PAGE = 100
const QUEUE_MS = 20_000
const TYPING_MS = 6_000
const TYPED_EVERY_MS = 3_000

/** The talk without its screen: what was said, what is on its way, and the line to the desk. */
export class Conversation {
  private readonly api: Api
  private readonly tabs: Tabs
  private readonly session: Session
  private readonly queue: Queue
  private known: Message[] = []
  private problem: Problem | null = null
  private typing: string | null = null
  private typingTimer = 0
  private typedAt = 0
  private status: QueueStatus | null = null
  private isClosed = false
  private isLinked = false
  private hasFilled = false
  private confirmedId = 0
  private line = new AbortController()
  private readonly end = new AbortController()

  constructor(private readonly options: ConversationOptions) {
    const { shelf, origin, publicKey } = options
    this.api = makeApi(origin)
    this.tabs = joinTabs(`ombud:${publicKey}`)
    this.session = makeSession(shelf, {
      api: this.api,
      publicKey,
      locale: () => options.locale,
      exclusively: (work) => this.tabs.exclusively(work, 'visitor'),
      changed: () => this.startAnew(),
    })
    this.queue = makeQueue(shelf, {
      post: (item) => this.post(item),
      owner: () => this.session.current()?.visitor_id ?? '',
      changed: () => options.changed(),
      troubled: (problem) => this.trouble(problem),
      exclusively: (work) => this.tabs.exclusively(work, 'send'),
      now: () => Date.now(),
    })
    this.tabs.hear((note) => this.hear(note as Frame | { page: Page }))
    const stopWatching = shelf.watch(() => this.syncTabs())
    this.end.signal.addEventListener('abort', stopWatching)
    addEventListener('online', () => void this.queue.drain(), { signal: this.end.signal })
    // The place in the queue moves by what others do, which the visitor's own stream does not tell.
    const timer = setInterval(() => {
      if (this.status?.position && options.isWatched())
        void this.fill(this.line.signal).catch(() => undefined)
    }, QUEUE_MS)
    this.end.signal.addEventListener('abort', () => clearInterval(timer))
    void this.identify(options.jwt)
  }

  state(): State {
    const { known, problem, typing, status, isClosed } = this
    const rows = rowsOf(known, this.queue.list())
    return { rows, unread: countUnread(known, this.readId()), problem, typing, status, isClosed }
  }

  send(text: string, attachments: Attachment[]): void {
    this.isClosed = false
    this.typedAt = 0
    this.queue.add(text, attachments)
    void this.queue.drain()
  }

  retry(clientKey: string): void {
    this.queue.retry(clientKey)
    void this.queue.drain()
  }

  drop(clientKey: string): void {
    this.queue.drop(clientKey)
  }

  upload(file: File, progressed: (part: number) => void, signal: AbortSignal): Promise<Attachment> {
    return this.session.withToken((token) => this.api.upload(token, file, progressed, signal))
  }

  /** The visitor is writing; the desk hears of it now and then. */
  typed(length: number): void {
    const now = Date.now()
    if (!this.session.current() || now - this.typedAt < TYPED_EVERY_MS) return
    this.typedAt = now
    this.quietly((token) => this.api.call('POST', 'typing', token, { text_length: length }))
  }

  /** The visitor sees the newest message. */
  seen(): void {
    const newest = this.known.filter((message) => message.direction === 'out').at(-1)?.id ?? 0
    if (newest <= this.readId()) return
    this.options.shelf.set('read', String(newest))
    this.quietly((token) => this.api.call('POST', 'read', token, { entry_id: newest }))
    this.options.changed()
  }

  /** An address given after the first message goes to the desk on its own. */
  tellContact(contact: Contact): void {
    this.quietly((token) => this.api.call('PUT', 'contact', token, contact))
  }

  /** A machine's answer helped: the desk is told, and the talk may end. */
  helped(entryId: number): void {
    const mark = (helped: boolean | null) => {
      this.known = this.known.map((message) =>
        message.id === entryId && message.machine
          ? { ...message, machine: { ...message.machine, helped } }
          : message,
      )
      this.options.changed()
    }
    mark(true)
    const path = `messages/${entryId}/helped`
    this.session
      .withToken((token) => this.api.call('PUT', path, token, { helped: true }))
      .catch(() => mark(null))
  }

  /** A call or a mail instead of waiting, or (null) waiting after all. */
  async callBack(wish: { way: Way; contact: string } | null): Promise<void> {
    await this.session.withToken((token) =>
      wish
        ? this.api.call('PUT', 'callback', token, { ...wish, locale: this.options.locale })
        : this.api.call('DELETE', 'callback', token),
    )
    await this.fill(this.line.signal)
  }

  async identify(jwt: string | null): Promise<void> {
    try {
      await this.session.identify(jwt)
    } catch (error) {
      // A signature that the desk refuses is the host page's matter; the visitor can still write.
      console.warn(`ombud: identify failed (${asProblem(error).code})`)
    }
    this.link()
    void this.queue.drain()
  }

  shutdown(): void {
    this.queue.clear()
    this.queue.stop()
    this.end.abort()
    this.session.forget()
    this.line.abort()
    this.tabs.close()
  }

  private readId(): number {
    return Number(this.options.shelf.get('read') ?? 0)
  }

  /** What fails here is not worth a word to the visitor: the next one makes good for it. */
  private quietly(work: (token: string) => Promise<unknown>): void {
    this.session.withToken(work).catch(() => undefined)
  }

  private async post(item: Outgoing): Promise<void> {
    const { shelf } = this.options
    const { name, email } = readContact(shelf)
    const answers = readAnswers(shelf)
    const body = {
      client_key: item.client_key,
      text: item.text,
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
      locale: this.options.locale,
      ...(answers ? { fields: answers } : {}),
      attachment_tokens: item.attachments.map((file) => file.token),
      page: { url: location.href.split('#')[0]?.slice(0, 1000), title: document.title.slice(0, 200) },
    }
    await this.session.withToken((token) => this.api.call('POST', 'messages', token, body))
    if (answers) keepAnswers(shelf, null)
    this.link()
  }

  /** Opens the line to the desk once there is somebody to open it for. */
  private link(): void {
    if (this.isLinked || this.end.signal.aborted || !this.session.current()) return
    this.isLinked = true
    const line = (this.line = new AbortController())
    const fill = () => this.fill(line.signal)
    // Every tab fills its own thread once; one of them keeps the line and tells the others.
    void fill().catch((error: unknown) => this.trouble(asProblem(error)))
    this.tabs.lead(line.signal, (signal) =>
      keepCurrent(
        {
          open: (lastEventId, over) =>
            this.session.withToken((token) => this.api.stream(token, lastEventId, over)),
          catchUp: fill,
          received: (frame) => {
            this.tabs.tell(frame)
            this.receive(frame)
          },
          troubled: (problem) => this.trouble(problem),
          isWatched: this.options.isWatched,
        },
        signal,
      ),
    )
  }

  private async fill(line: AbortSignal): Promise<void> {
    for (let isMore = true; isMore;) {
      const path = `messages?limit=${PAGE}&after=${lastId(this.known)}`
      const page = await this.session.withToken((token) => this.api.call<Page>('GET', path, token))
      // Meanwhile somebody else may sit here.
      if (line.aborted) return
      this.tabs.tell({ page })
      this.take(page)
      isMore = page.items.length === PAGE
    }
  }

  private take({ queue, items }: Page): void {
    this.status = queue
    this.add(items)
    this.hasFilled = true
  }

  private add(news: Message[]): void {
    const newest = lastId(this.known)
    const fresh = news.filter((message) => message.id > newest && message.direction === 'out')
    this.known = mergeMessages(this.known, news)
    this.confirm()
    this.options.changed()
    this.confirmDelivery()
    // What was there before this page opened is no arrival.
    if (this.hasFilled) for (const message of fresh) this.options.arrived(message)
  }

  /** Tells the desk that its answers have reached a screen; what nobody fetches goes on by mail. */
  private confirmDelivery(): void {
    const newest =
      this.known.filter((message) => message.direction === 'out' && !message.read_at).at(-1)?.id ?? 0
    if (newest <= Math.max(this.confirmedId, this.readId())) return
    this.confirmedId = newest
    this.quietly((token) => this.api.call('POST', 'read', token, { entry_id: newest, state: 'delivered' }))
  }

  private confirm(): void {
    this.queue.confirm(this.known.flatMap((message) => message.client_key ?? []))
  }

  private hear(note: Frame | { page: Page }): void {
    if ('page' in note) this.take(note.page)
    else this.receive(note)
  }

  private receive(frame: Frame): void {
    const data = JSON.parse(frame.data) as never
    const take: Record<string, (data: never) => void> = {
      message: (message: Message) => {
        if (message.direction === 'out') this.setTyping(null)
        this.add([message])
        // from now on somebody is waited for
        if (message.machine?.kind === 'hand_over') void this.fill(this.line.signal).catch(() => undefined)
      },
      receipt: ({ client_key, id, at }: { client_key: string; id: number; at: string }) => {
        const item = this.queue.list().find((each) => each.client_key === client_key)
        if (item) this.add([asMessage(item, id, at)])
      },
      read: ({ entry_id, at }: { entry_id: number; at: string }) => {
        this.known = markRead(this.known, entry_id, at)
      },
      typing: ({ name }: { name: string }) => this.setTyping(name),
      status: (status: QueueStatus) => {
        this.status = status
      },
      wait: ({ position, wait }: Pick<QueueStatus, 'position' | 'wait'>) => {
        if (this.status?.state === 'waiting') this.status = { ...this.status, position, wait }
        // told before the first answer came that says what is offered
        else void this.fill(this.line.signal).catch(() => undefined)
      },
      closed: () => {
        this.isClosed = true
      },
    }
    take[frame.event]?.(data)
    this.options.changed()
  }

  private setTyping(name: string | null): void {
    clearTimeout(this.typingTimer)
    this.typing = name
    if (name === null) return
    this.typingTimer = window.setTimeout(() => {
      this.typing = null
      this.options.changed()
    }, TYPING_MS)
  }

  private trouble(problem: Problem | null): void {
    if (this.problem?.code === problem?.code && this.problem?.retryAfter === problem?.retryAfter) return
    this.problem = problem
    this.options.changed()
  }

  /** Another tab wrote, read, or became another visitor. */
  private syncTabs(): void {
    this.session.sync()
    this.confirm()
    this.link()
    this.options.changed()
  }

  private startAnew(): void {
    this.known = []
    this.confirmedId = 0
    this.hasFilled = false
    this.status = null
    this.isClosed = false
    this.line.abort()
    this.isLinked = false
    this.link()
    this.options.changed()
  }
}
