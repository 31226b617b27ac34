export type AddressProblem = 'missing' | 'wrong'

/** What is wrong with the address of a receiver; http is let through for machines of the own network, with a word. */
export function addressProblem(text: string): AddressProblem | null {
  if (!text.trim()) return 'missing'
  let address: URL
  try {
    address = new URL(text.trim())
  } catch {
    return 'wrong'
  }
  if (address.protocol !== 'https:' && address.protocol !== 'http:') return 'wrong'
  if (address.username || address.password || !address.hostname) return 'wrong'
  return null
}

export const isUnencrypted = (text: string): boolean => /^http:\/\//i.test(text.trim())
