import { ApiError, type ChannelKind, type SkillKind } from '@api'

export const SKILL_KINDS: SkillKind[] = ['language', 'product', 'process', 'channel', 'certificate', 'other']
export const CHANNELS: ChannelKind[] = ['email', 'chat', 'form', 'api']

/** Whether somebody else changed the thing between reading and saving. */
export const isLate = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 'changed_meanwhile' || error.code === 'level_changed')
