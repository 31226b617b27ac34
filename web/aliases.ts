import { fileURLToPath } from 'node:url'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The only ways from one part of the front end into another; tsconfig.json says the same. */
export const aliases = [
  { find: /^@ui$/, replacement: at('./ui/index.ts') },
  { find: /^@ui\//, replacement: at('./ui/') },
  { find: /^@api$/, replacement: at('./api/index.ts') },
  { find: /^@\//, replacement: at('./agent/src/') },
]
