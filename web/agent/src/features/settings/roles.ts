import type { Role } from '@api'

/** From the most rights to the fewest. */
export const roles: Role[] = ['administrator', 'supervisor', 'agent', 'read_only', 'partner']
