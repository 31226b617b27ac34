import type { Gap } from '../placeholders'

/** What both editors can do, so that the composer need not know which one it has. */
export interface WritingField {
  focus: () => void
  blur: () => void
  /** Put text at the cursor; the sign that opened the list ("/", "@") goes. */
  insert: (text: string, trigger: string) => void
  /** Select the place that a canned reply left open, the `nth` of the text. */
  selectGap: (gap: Gap, nth: number) => void
  /** Put other words in the place of some, where the text has them. */
  replace: (words: string, by: string) => void
  /** Show a file as a picture at the cursor; false where only plain text is written. */
  insertPicture: (key: string, alt: string) => boolean
}

/** What was written, `html` only where its marks say more than the text. */
export interface WrittenText {
  text: string
  html: string
}

/** The name of a file as a picture: of its upload until the server has given it a number. */
export const pictureName = (file: { key: string; fileId: number | null }): string =>
  file.fileId === null ? `upload-${file.key}` : `file-${String(file.fileId)}`

/** Whether a text shows a file in its midst. */
export const shows = (html: string, file: { key: string; fileId: number | null }): boolean =>
  html.includes(`"cid:upload-${file.key}"`) ||
  (file.fileId !== null && html.includes(`"cid:file-${String(file.fileId)}"`))
