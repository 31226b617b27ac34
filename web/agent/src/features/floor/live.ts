import type { Id, Live, LiveAgent, LiveFrame, LiveQueue } from '@api'

/** A page's picture of the floor after what changed; frames come in any number and may say the same twice. */
export function withFrame(live: Live, frame: LiveFrame): Live {
  const queues = frame.queue ? replaced(live.queues, [frame.queue], (one) => one.team_id) : live.queues
  const agents = replaced(live.agents, frame.agents, (one) => one.person_id)
  return { ...live, queues, agents: without(agents, frame) }
}

function replaced<T>(known: T[], changed: T[], idOf: (one: T) => Id): T[] {
  const fresh = new Map(changed.map((one) => [idOf(one), one]))
  const kept = known.map((one) => fresh.get(idOf(one)) ?? one)
  const ids = new Set(known.map(idOf))
  return [...kept, ...changed.filter((one) => !ids.has(idOf(one)))]
}

/** Whoever left this team stays only if they are known in another. */
function without(agents: LiveAgent[], frame: LiveFrame): LiveAgent[] {
  if (!frame.gone.length) return agents
  const gone = new Set(frame.gone)
  return agents
    .map((one) =>
      gone.has(one.person_id)
        ? { ...one, team_ids: one.team_ids.filter((team) => team !== frame.team_id) }
        : one,
    )
    .filter((one) => one.team_ids.length > 0)
}

/** Whose state, at a glance: what a colour and its word say. */
export type Mood = 'work' | 'idle' | 'wrap_up' | 'break' | 'busy' | 'away' | 'offline'

export function moodOf(agent: LiveAgent): Mood {
  if (agent.state === 'online') return agent.chats + agent.others > 0 ? 'work' : 'idle'
  return agent.state
}

/** Of those who are ready or wrap up, the share that has work in hand; null: nobody is there. */
export function occupancy(agents: LiveAgent[]): { percent: number; n: number } | null {
  const there = agents.filter((one) => one.state === 'online' || one.state === 'wrap_up')
  if (!there.length) return null
  const works = there.filter((one) => one.state === 'wrap_up' || one.chats + one.others > 0)
  return { percent: Math.round((100 * works.length) / there.length), n: there.length }
}

export interface Sum {
  waiting: number
  oldestAt: string | null
  today: { n: number; in_time: number }
  halfHour: { n: number; in_time: number }
}

export function sumUp(queues: LiveQueue[]): Sum {
  const add = (key: 'today' | 'half_hour'): { n: number; in_time: number } => ({
    n: queues.reduce((sum, one) => sum + one[key].n, 0),
    in_time: queues.reduce((sum, one) => sum + one[key].in_time, 0),
  })
  const oldest = queues.map((one) => one.oldest_at).filter((at): at is string => at !== null)
  return {
    waiting: queues.reduce((sum, one) => sum + one.waiting, 0),
    oldestAt: oldest.length ? oldest.reduce((first, at) => (at < first ? at : first)) : null,
    today: add('today'),
    halfHour: add('half_hour'),
  }
}

export const percent = (part: { n: number; in_time: number }): number | null =>
  part.n ? Math.round((100 * part.in_time) / part.n) : null

/** Whether a limit is over, or somebody waits too long: what needs a look. */
export function needsLook(agent: LiveAgent, now: number, unansweredMs = 60_000): boolean {
  if (agent.is_suspended) return false
  const isOver = agent.limit_at !== null && Date.parse(agent.limit_at) < now
  const isWaiting = agent.chats > 0 && agent.unanswered_at !== null
  return isOver || (isWaiting && now - Date.parse(agent.unanswered_at ?? '') > unansweredMs)
}
