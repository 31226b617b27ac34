import { useForm, useUnsavedGuard } from '@/shared/form'
import { toast } from '@/shared/toasts'
import { api } from '@api'
import { useQueryClient } from '@tanstack/vue-query'
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { problemText } from '../problemText'

/**
 * A form over rules that the whole desk shares. What a colleague changed meanwhile is shown, unless something is being
 * changed here.
 */
export function usePolicyForm<T extends object>(wanted: {
  initial: T
  present: () => T | undefined
  path: string
  key: string[]
}) {
  const { t } = useI18n()
  const client = useQueryClient()
  const form = useForm<T>({
    initial: wanted.initial,
    words: problemText,
    save: async (values) => {
      client.setQueryData(wanted.key, await api.patch<T>(wanted.path, values))
      toast(t('form.saved'), { tone: 'good' })
    },
  })
  useUnsavedGuard(() => form.isDirty.value)
  watch(
    wanted.present,
    (found) => {
      if (found && !form.isDirty.value && !form.isSaving.value) form.reset(found)
    },
    { immediate: true },
  )
  return form
}
