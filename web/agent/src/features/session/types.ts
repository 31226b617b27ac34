export type { Enrolment, LinkInfo, SessionRow } from '@api'
