/** Kinds of files that the server can tell by their bytes, and the types that each stands for. */
export const FILE_KINDS = {
  pictures: ['image/png', 'image/jpeg', 'image/gif', 'image/webp'],
  pdf: ['application/pdf'],
  text: ['text/plain', 'text/csv'],
  documents: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  sheets: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  slides: ['application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  video: ['video/mp4'],
  zip: ['application/zip'],
} as const satisfies Record<string, readonly string[]>

export type FileKind = keyof typeof FILE_KINDS
export const fileKinds = Object.keys(FILE_KINDS) as FileKind[]
export const usualKinds: FileKind[] = ['pictures', 'pdf', 'text', 'documents', 'sheets']

const isKind = (one: string): one is FileKind => one in FILE_KINDS

/** Types as kinds where a kind is whole; any other type stays as it is, so that nothing set elsewhere is lost. */
export function kindsOf(types: readonly string[]): string[] {
  const whole = fileKinds.filter((kind) => FILE_KINDS[kind].every((type) => types.includes(type)))
  const covered = new Set<string>(whole.flatMap((kind) => FILE_KINDS[kind]))
  return [...whole, ...types.filter((type) => !covered.has(type))]
}

/** The types behind kinds, for the server. */
export function typesOf(kinds: readonly string[]): string[] {
  return kinds.flatMap((one): readonly string[] => (isKind(one) ? FILE_KINDS[one] : [one]))
}
