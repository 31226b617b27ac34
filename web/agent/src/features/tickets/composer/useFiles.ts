import type { DraftKind, Id } from '@api'
import type { Ref } from 'vue'
import { i18n } from '@/i18n'
import { toast } from '@/shared/toasts'
import { draftOf, touchDraft } from './drafts'
import { MAX_PICTURE_BYTES, PICTURES, startUpload, type UploadState } from './uploads'

/** Files of what is being written: beside the text, or as pictures in its midst where the field can show them. */
export function useFiles(ticketId: Ref<Id>, kind: Ref<DraftKind>) {
  function add(files: Iterable<File>, show?: (key: string, alt: string) => boolean): void {
    const [id, which] = [ticketId.value, kind.value]
    const draft = draftOf(id, which)
    // saved once the file has a number, whatever is on the screen by then
    const whenKept = (): void => touchDraft(id, which)
    for (const file of files) {
      const isPicture = show !== undefined && PICTURES.test(file.type)
      if (isPicture && file.size > MAX_PICTURE_BYTES) {
        const megabytes = MAX_PICTURE_BYTES / 1024 / 1024
        toast(i18n.global.t('tickets.files.pictureTooLarge', { name: file.name, n: megabytes }), {
          tone: 'bad',
        })
        continue
      }
      draft.files.push(startUpload(file, whenKept, isPicture))
      const upload = draft.files.at(-1)
      if (isPicture && upload && !show(upload.key, upload.name)) upload.isPicture = false
    }
  }

  function remove(file: UploadState): void {
    const draft = draftOf(ticketId.value, kind.value)
    file.cancel()
    draft.files = draft.files.filter((one) => one.key !== file.key)
    touchDraft(ticketId.value, kind.value)
  }

  return { add, remove }
}
