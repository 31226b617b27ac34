import { uploadFile, type FileRef, type Id } from '@api'
import { reactive } from 'vue'
import { errorText } from '@/shared/errorText'

export interface UploadState {
  key: string
  name: string
  size: number
  /** 0…1 */
  progress: number
  fileId: Id | null
  problem: string
  /** Where a picture can be seen: here while it is on its way, on the server later. */
  url: string
  /** Stands in the midst of the text, not beside it. */
  isPicture: boolean
  cancel: () => void
}

/** What every mail program draws; anything else is a file beside the text. */
export const PICTURES = /^image\/(png|jpeg|gif|webp)$/
export const MAX_PICTURE_BYTES = 10 * 1024 * 1024

/** Start to send a file to the server; the returned state follows it, and `whenKept` hears that it is there. */
export function startUpload(file: File, whenKept: () => void, isPicture = false): UploadState {
  const abort = new AbortController()
  const state = reactive<UploadState>({
    key: crypto.randomUUID(),
    name: file.name || 'image.png',
    size: file.size,
    progress: 0,
    fileId: null,
    problem: '',
    url: isPicture ? URL.createObjectURL(file) : '',
    isPicture,
    cancel: () => abort.abort(),
  })
  uploadFile<FileRef>('/files', file, (share) => (state.progress = share), abort.signal)
    .then((ref) => {
      state.fileId = ref.id
      state.progress = 1
      whenKept()
    })
    .catch((error: unknown) => {
      if (!(error instanceof DOMException)) state.problem = errorText(error)
    })
  return state
}

/** A file that the server has already. */
export function uploadedFile(file: Pick<FileRef, 'id' | 'name' | 'size' | 'url'>, html = ''): UploadState {
  return {
    key: `file-${String(file.id)}`,
    name: file.name,
    size: file.size,
    progress: 1,
    fileId: file.id,
    problem: '',
    url: file.url,
    isPicture: html.includes(`"cid:file-${String(file.id)}"`),
    cancel: () => undefined,
  }
}

export function isUploading(files: UploadState[]): boolean {
  return files.some((file) => file.fileId === null && !file.problem)
}

/** Whether a text shows a picture that the server does not have yet. */
export const hasPending = (html: string): boolean => html.includes('"cid:upload-')

/** The files that go along: pictures that were taken out of the text do not. */
export function filesOf(files: UploadState[], html: string): UploadState[] {
  return files.filter((file) => !file.isPicture || html.includes(`"cid:file-${String(file.fileId)}"`))
}

export function uploadedIds(files: UploadState[]): Id[] {
  return files.flatMap((file) => (file.fileId === null ? [] : [file.fileId]))
}
