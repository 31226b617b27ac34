/** A corner of localStorage under one prefix; what the browser refuses to keep lives in memory for the page's time. */
export interface Shelf {
  get(name: string): string | null
  set(name: string, value: string): void
  remove(name: string): void
  names(prefix: string): string[]
  /** Calls back when another tab changed something. */
  watch(listener: () => void): () => void
}

export function openShelf(prefix: string, storage: Storage | null): Shelf {
  const memory = new Map<string, string>()
  const attempt = <T>(work: (storage: Storage) => T, otherwise: T): T => {
    try {
      return storage ? work(storage) : otherwise
    } catch {
      return otherwise
    }
  }
  return {
    get: (name) => memory.get(name) ?? attempt((s) => s.getItem(prefix + name), null),
    set(name, value) {
      const isKept = attempt((s) => (s.setItem(prefix + name, value), true), false)
      if (isKept) memory.delete(name)
      else memory.set(name, value)
    },
    remove(name) {
      memory.delete(name)
      attempt((s) => s.removeItem(prefix + name), undefined)
    },
    names(start) {
      const kept = attempt((s) => Object.keys(s).filter((key) => key.startsWith(prefix + start)), [])
      const found = kept.map((key) => key.slice(prefix.length))
      for (const name of memory.keys()) if (name.startsWith(start) && !found.includes(name)) found.push(name)
      return found.sort()
    },
    watch(listener) {
      const hear = (event: StorageEvent) => {
        if (event.key === null || event.key.startsWith(prefix)) listener()
      }
      addEventListener('storage', hear)
      return () => removeEventListener('storage', hear)
    },
  }
}

/** The page's localStorage, or null where the browser forbids even asking. */
export function localStorageOrNull(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}
