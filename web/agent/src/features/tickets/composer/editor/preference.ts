import { changeMe, me } from '@/shared/session'
import { errorText } from '@/shared/errorText'
import { toast } from '@/shared/toasts'
import { computed, ref } from 'vue'

const chosen = ref<boolean>()

/** Whether the person writes plain text only; kept with their profile. */
export const prefersPlain = computed(() => chosen.value ?? me.value.preferences.composer === 'plain')

export async function preferPlain(isPlain: boolean): Promise<void> {
  chosen.value = isPlain
  const preferences = { ...me.value.preferences, composer: isPlain ? 'plain' : 'rich' }
  try {
    await changeMe({ preferences })
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
  }
  chosen.value = undefined
}
