import { doLater, useForm, useUnsavedGuard, type Errors, type Form } from '@/shared/form'
import { toast } from '@/shared/toasts'
import { api, type ChannelKind, type Id } from '@api'
import { useQueryClient } from '@tanstack/vue-query'
import { nextTick, ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { useListCache } from '../data'
import { problemText, toastProblem } from '../problemText'
import type { Channel } from '../types'

export interface ChannelBase {
  name: string
  brand_id: Id
  team_id: Id
  is_active: boolean
}

interface Body {
  settings: object
  /** Only those to set anew; an absent one stays as it is. */
  secrets: Record<string, string>
}

interface Options<F extends ChannelBase> {
  kind: ChannelKind
  channel: Channel<never> | Channel | null
  /** Address of the list. */
  list: string
  initial: F
  check: (values: F) => Errors
  body: (values: F) => Body
  /** What the form looks like after saving; secrets typed are forgotten. */
  afterSaving: (values: F) => F
}

export interface ChannelForm<F extends ChannelBase> {
  form: Form<F>
  id: Ref<Id | null>
  save: () => Promise<boolean>
  cancel: () => void
  remove: () => void
}

/** The verbs of a channel's page: make, change, take out of use, remove. */
export function useChannelForm<F extends ChannelBase>(options: Options<F>): ChannelForm<F> {
  const { t } = useI18n()
  const router = useRouter()
  const cache = useListCache<Channel>('channels', 'channels')
  const client = useQueryClient()
  const id = ref<Id | null>(options.channel?.id ?? null)
  let isLeaving = false

  async function send(values: F): Promise<void> {
    const { settings, secrets } = options.body(values)
    const { name, brand_id, team_id, is_active } = values
    const body = {
      name: name.trim(),
      brand_id,
      team_id,
      settings,
      ...(Object.keys(secrets).length && { secrets }),
    }
    const saved =
      id.value === null
        ? await api.post<Channel>('/channels', { kind: options.kind, ...body })
        : await api.patch<Channel>(`/channels/${String(id.value)}`, { is_active, ...body })
    id.value = saved.id
    cache.put(saved)
    await cache.refresh()
  }

  const form = useForm<F>({ initial: options.initial, check: options.check, save: send, words: problemText })
  useUnsavedGuard(() => form.isDirty.value && !isLeaving)

  async function save(): Promise<boolean> {
    const isNew = id.value === null
    if (!(await form.submit())) return false
    form.reset(options.afterSaving(JSON.parse(JSON.stringify(form.values)) as F))
    toast(isNew ? t('settings.channel.made') : t('form.saved'), { tone: 'good' })
    if (isNew) {
      await nextTick()
      await router.replace({ path: `${options.list}/${String(id.value)}`, query: { made: '1' } })
    }
    return true
  }

  function remove(): void {
    const removed = id.value
    if (removed === null) return
    isLeaving = true
    client.removeQueries({ queryKey: ['settings', 'channel', String(removed)] })
    void router.push(options.list)
    cache.remove(removed)
    doLater({
      text: t('settings.channel.removed', { name: form.values.name }),
      undoLabel: t('form.undo'),
      run: async () => {
        await api.delete(`/channels/${String(removed)}`)
        await cache.refresh()
      },
      restore: () => void cache.refresh(),
      whenFailed: toastProblem,
    })
  }

  return {
    form,
    id,
    save,
    cancel: () => (id.value === null ? void router.push(options.list) : form.reset()),
    remove,
  }
}

/** Errors of what every channel has. */
export function checkBase(values: ChannelBase, t: (key: string) => string): Errors {
  return values.name.trim() ? {} : { name: t('settings.channel.nameMissing') }
}

export function baseOf(channel: Channel<never> | Channel | null, brandId: Id, teamId: Id): ChannelBase {
  return {
    name: channel?.name ?? '',
    brand_id: channel?.brand_id ?? brandId,
    team_id: channel?.team_id ?? teamId,
    is_active: channel?.is_active ?? true,
  }
}
