export type Security = 'tls' | 'starttls' | 'none'

export interface Server {
  host: string
  port: number
  security: Security
}

export interface Preset {
  key: string
  imap: Server
  smtp: Server
  /** Domains by which an address is recognised. */
  domains: string[]
}

const tls = (host: string, port: number): Server => ({ host, port, security: 'tls' })

/** Servers as the providers' help pages give them. Each wants a code or an app password instead of the real one. */
export const presets: Preset[] = [
  {
    key: 'qq',
    imap: tls('imap.qq.com', 993),
    smtp: tls('smtp.qq.com', 465),
    domains: ['qq.com', 'foxmail.com'],
  },
  { key: 'netease', imap: tls('imap.163.com', 993), smtp: tls('smtp.163.com', 465), domains: ['163.com'] },
  { key: 'exmail', imap: tls('imap.exmail.qq.com', 993), smtp: tls('smtp.exmail.qq.com', 465), domains: [] },
  {
    key: 'aliyun',
    imap: tls('imap.qiye.aliyun.com', 993),
    smtp: tls('smtp.qiye.aliyun.com', 465),
    domains: [],
  },
  {
    key: 'gmail',
    imap: tls('imap.gmail.com', 993),
    smtp: tls('smtp.gmail.com', 465),
    domains: ['gmail.com', 'googlemail.com'],
  },
  {
    key: 'microsoft',
    imap: tls('outlook.office365.com', 993),
    smtp: { host: 'smtp.office365.com', port: 587, security: 'starttls' },
    domains: ['outlook.com', 'hotmail.com', 'live.com'],
  },
  {
    key: 'fastmail',
    imap: tls('imap.fastmail.com', 993),
    smtp: tls('smtp.fastmail.com', 465),
    domains: ['fastmail.com', 'fastmail.fm'],
  },
]

/** The provider of an address, if its domain belongs to one. */
export function presetOf(address: string): Preset | undefined {
  const domain = address.trim().toLowerCase().split('@')[1] ?? ''
  return presets.find((preset) => preset.domains.includes(domain))
}

/** The provider whose servers these are. */
export function presetOfHost(host: string): Preset | undefined {
  return presets.find((preset) => preset.imap.host === host.trim().toLowerCase())
}

const PORTS: Record<'imap' | 'smtp', Record<Security, number>> = {
  imap: { tls: 993, starttls: 143, none: 143 },
  smtp: { tls: 465, starttls: 587, none: 25 },
}

/** The port to show after the encryption was changed: the usual one, unless somebody typed an unusual one. */
export function portFor(kind: 'imap' | 'smtp', port: number, before: Security, after: Security): number {
  return port === PORTS[kind][before] ? PORTS[kind][after] : port
}
