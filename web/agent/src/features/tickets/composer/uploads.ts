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
  cancel: () => void
}

/** Start to send a file to the server; the returned state follows it, and `whenKept` hears that it is there. */
export function startUpload(file: File, whenKept: () => void): UploadState {
  const abort = new AbortController()
  const state = reactive<UploadState>({
    key: crypto.randomUUID(),
    name: file.name || 'image.png',
    size: file.size,
    progress: 0,
    fileId: null,
    problem: '',
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
export function uploadedFile(file: Pick<FileRef, 'id' | 'name' | 'size'>): UploadState {
  return {
    key: `file-${String(file.id)}`,
    name: file.name,
    size: file.size,
    progress: 1,
    fileId: file.id,
    problem: '',
    cancel: () => undefined,
  }
}

export function isUploading(files: UploadState[]): boolean {
  return files.some((file) => file.fileId === null && !file.problem)
}

export function uploadedIds(files: UploadState[]): Id[] {
  return files.flatMap((file) => (file.fileId === null ? [] : [file.fileId]))
}
