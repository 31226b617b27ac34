import { onBeforeUnmount, onMounted } from 'vue'
import { useI18n } from 'vue-i18n'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'
import { ask } from './ask'

/** Never lose typed words by accident: asks before the page is left while `isDirty` says yes. Returns the same question for drawers. */
export function useUnsavedGuard(isDirty: () => boolean): () => Promise<boolean> {
  const { t } = useI18n()

  async function mayLeave(): Promise<boolean> {
    if (!isDirty()) return true
    return ask({
      title: t('form.unsaved.title'),
      text: t('form.unsaved.text'),
      yes: t('form.unsaved.discard'),
      no: t('form.unsaved.stay'),
      isDangerous: true,
    })
  }

  function warn(event: BeforeUnloadEvent): void {
    if (isDirty()) event.preventDefault()
  }

  onMounted(() => window.addEventListener('beforeunload', warn))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', warn))
  onBeforeRouteLeave(mayLeave)
  onBeforeRouteUpdate(mayLeave)
  return mayLeave
}
