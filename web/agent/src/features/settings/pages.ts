import {
  AlarmClock,
  ArrowUpNarrowWide,
  Bot,
  Building2,
  CalendarClock,
  CircleDot,
  EyeOff,
  FormInput,
  Shapes,
  ContactRound,
  Code,
  FileInput,
  FilePlus2,
  Gauge,
  GraduationCap,
  Grid3x3,
  Hand,
  HeartPulse,
  Inbox,
  KeyRound,
  LifeBuoy,
  ListChecks,
  ListFilter,
  MailWarning,
  MessageCircle,
  MessageSquareQuote,
  ScrollText,
  Signpost,
  SlidersHorizontal,
  Split,
  Tags,
  ShieldAlert,
  ShieldCheck,
  UserRound,
  UsersRound,
  Users,
  Webhook,
  Workflow,
  Zap,
} from 'lucide-vue-next'
import type { Component } from 'vue'

export type PageGroup = 'you' | 'channels' | 'desk' | 'routing' | 'programs'

export interface SettingsPage {
  path: string
  /** Last part of the keys of its words: `settings.nav.<key>` and `settings.find.<key>`. */
  key: string
  group: PageGroup
  icon: Component
  permission?: string
}

export const settingsPages: SettingsPage[] = [
  { path: 'profile', key: 'profile', group: 'you', icon: UserRound },
  { path: 'security', key: 'security', group: 'you', icon: ShieldCheck },
  { path: 'strain', key: 'strain', group: 'you', icon: HeartPulse, permission: 'presence.own' },
  { path: 'mailboxes', key: 'mailboxes', group: 'channels', icon: Inbox, permission: 'channels.manage' },
  { path: 'widgets', key: 'widgets', group: 'channels', icon: MessageCircle, permission: 'channels.manage' },
  { path: 'forms', key: 'forms', group: 'channels', icon: FileInput, permission: 'channels.manage' },
  { path: 'help-centre', key: 'helpCentre', group: 'channels', icon: LifeBuoy, permission: 'portal.manage' },
  { path: 'api-channels', key: 'apiChannels', group: 'channels', icon: Code, permission: 'channels.manage' },
  { path: 'set-aside', key: 'setAside', group: 'channels', icon: MailWarning, permission: 'intake.manage' },
  { path: 'people', key: 'people', group: 'desk', icon: Users, permission: 'people.manage' },
  { path: 'teams', key: 'teams', group: 'desk', icon: UsersRound, permission: 'teams.manage' },
  { path: 'brands', key: 'brands', group: 'desk', icon: Building2, permission: 'channels.manage' },
  { path: 'statuses', key: 'statuses', group: 'desk', icon: CircleDot, permission: 'statuses.manage' },
  { path: 'checklists', key: 'checklists', group: 'desk', icon: ListChecks, permission: 'channels.manage' },
  { path: 'ticket-types', key: 'ticketTypes', group: 'desk', icon: Shapes, permission: 'fields.manage' },
  { path: 'processes', key: 'processes', group: 'desk', icon: Workflow, permission: 'processes.manage' },
  { path: 'fields', key: 'fields', group: 'desk', icon: FormInput, permission: 'fields.manage' },
  { path: 'rules', key: 'rules', group: 'desk', icon: SlidersHorizontal, permission: 'channels.manage' },
  {
    path: 'classification',
    key: 'classification',
    group: 'desk',
    icon: Tags,
    permission: 'routing.manage',
  },
  { path: 'answering', key: 'answering', group: 'desk', icon: Bot, permission: 'answering.manage' },
  { path: 'risks', key: 'risks', group: 'desk', icon: ShieldAlert, permission: 'teamwork.lead' },
  {
    path: 'personal-data',
    key: 'personalData',
    group: 'desk',
    icon: EyeOff,
    permission: 'personal_data.manage',
  },
  {
    path: 'customer-data',
    key: 'customerData',
    group: 'desk',
    icon: ContactRound,
    permission: 'channels.manage',
  },
  {
    path: 'calendars',
    key: 'calendars',
    group: 'desk',
    icon: CalendarClock,
    permission: 'service_levels.manage',
  },
  {
    path: 'service-policies',
    key: 'policies',
    group: 'desk',
    icon: AlarmClock,
    permission: 'service_levels.manage',
  },
  { path: 'automation', key: 'automation', group: 'desk', icon: Workflow, permission: 'rules.manage' },
  { path: 'guidance', key: 'guidance', group: 'desk', icon: Signpost, permission: 'guidance.manage' },
  { path: 'canned-replies', key: 'canned', group: 'desk', icon: MessageSquareQuote },
  { path: 'macros', key: 'macros', group: 'desk', icon: Zap },
  { path: 'ticket-templates', key: 'templates', group: 'desk', icon: FilePlus2 },
  { path: 'team-routing', key: 'teamRouting', group: 'routing', icon: Split, permission: 'routing.manage' },
  { path: 'skills', key: 'skills', group: 'routing', icon: GraduationCap, permission: 'routing.manage' },
  { path: 'skill-levels', key: 'skillLevels', group: 'routing', icon: Grid3x3, permission: 'routing.manage' },
  { path: 'agent-limits', key: 'agentLimits', group: 'routing', icon: Gauge, permission: 'routing.manage' },
  {
    path: 'requirements',
    key: 'requirements',
    group: 'routing',
    icon: ListFilter,
    permission: 'routing.manage',
  },
  {
    path: 'priority-score',
    key: 'priorityScore',
    group: 'routing',
    icon: ArrowUpNarrowWide,
    permission: 'routing.manage',
  },
  { path: 'ranked-by-hand', key: 'rankedByHand', group: 'routing', icon: Hand, permission: 'routing.manage' },
  { path: 'models', key: 'models', group: 'programs', icon: Bot, permission: 'models.manage' },
  {
    path: 'model-exchanges',
    key: 'modelExchanges',
    group: 'programs',
    icon: ScrollText,
    permission: 'models.audit',
  },
  { path: 'api-keys', key: 'apiKeys', group: 'programs', icon: KeyRound, permission: 'api_keys.manage' },
  { path: 'webhooks', key: 'webhooks', group: 'programs', icon: Webhook, permission: 'webhooks.manage' },
]

const groups: PageGroup[] = ['you', 'channels', 'desk', 'routing', 'programs']

/** Pages that the person may open and that fit what was typed, by group; `wordsOf` gives what a page is found by. */
export function findPages(
  typed: string,
  may: (permission: string) => boolean,
  wordsOf: (page: SettingsPage) => string,
): { group: PageGroup; pages: SettingsPage[] }[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (page: SettingsPage): boolean => {
    if (page.permission && !may(page.permission)) return false
    const words = wordsOf(page).toLowerCase()
    return wanted.every((word) => words.includes(word))
  }
  return groups
    .map((group) => ({ group, pages: settingsPages.filter((page) => page.group === group && fits(page)) }))
    .filter(({ pages }) => pages.length > 0)
}
