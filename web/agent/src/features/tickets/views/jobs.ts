import { api, type BulkChanges, type Job, type JobReport, type Selection } from '@api'
import { shallowRef } from 'vue'
import { onStream } from '@/stream'
import { forgetLists } from './data'

/** The reader's jobs of this visit that are on the screen, newest first. */
export const jobs = shallowRef<Job[]>([])

const LOOK_MS = 2_000
let timer = 0

export const isOver = (job: Pick<Job, 'state'>): boolean => !['queued', 'running'].includes(job.state)

function put(job: Job): void {
  const known = jobs.value.find((one) => one.id === job.id)
  jobs.value = known ? jobs.value.map((one) => (one.id === job.id ? job : one)) : [job, ...jobs.value]
  if (isOver(job) && known && !isOver(known) && job.kind !== 'export') forgetLists()
}

async function look(): Promise<void> {
  for (const job of jobs.value.filter((one) => !isOver(one)))
    put(await api.get<Job>(`/bulk/${String(job.id)}`).catch(() => job))
  timer = 0
  watchThem()
}

/** Frames tell of progress; a look now and then makes up for one that was lost. */
function watchThem(): void {
  if (!timer && jobs.value.some((one) => !isOver(one))) timer = window.setTimeout(() => void look(), LOOK_MS)
}

/** Hear of progress as long as the page stands; returns how to stop. */
export function followJobs(): () => void {
  return onStream('job', (frame) => {
    const known = jobs.value.find((one) => one.id === frame.id)
    if (!known) return
    if (isOver(frame)) void api.get<Job>(`/bulk/${String(frame.id)}`).then(put)
    else put({ ...known, ...frame })
  })
}

async function start(path: string, body?: unknown): Promise<Job> {
  const job = await api.post<Job>(path, body)
  put(job)
  watchThem()
  return job
}

export const changeMany = (selection: Selection, changes: Partial<BulkChanges>): Promise<Job> =>
  start('/bulk', { selection, changes })

export const exportMany = (selection: Selection, columns: string[], format: 'csv' | 'xlsx'): Promise<Job> =>
  start('/exports', { selection, columns, format })

export const undoJob = (job: Job): Promise<Job> => start(`/bulk/${String(job.id)}/undo`)

export async function cancelJob(job: Job): Promise<void> {
  put(await api.post<Job>(`/bulk/${String(job.id)}/cancel`))
}

export const readReport = (job: Job): Promise<JobReport> => api.get<JobReport>(`/bulk/${String(job.id)}`)

export function dismissJob(job: Job): void {
  jobs.value = jobs.value.filter((one) => one.id !== job.id)
}
