import type { RouteRecordRaw } from 'vue-router'

type Page = () => Promise<unknown>

const words = ['settings', 'session', 'form', 'fields', 'conditions']

const page = (path: string, permission: string | undefined, component: Page): RouteRecordRaw => ({
  path,
  component: component as () => Promise<{ default: object }>,
  meta: permission ? { words, permission } : { words },
})

/** A list and the page of one thing in it; the same page makes a new one. */
const pair = (path: string, permission: string, list: Page, one: Page): RouteRecordRaw[] => [
  page(path, permission, list),
  page(`${path}/:id(new|\\d+)`, permission, one),
]

/** Pages about clocks, with the words that tickets have for them. */
const levels = (path: string, list: Page, one: Page): RouteRecordRaw[] =>
  pair(path, 'service_levels.manage', list, one).map((route) => ({
    ...route,
    meta: { ...route.meta, words: [...words, 'levels', 'clocks', 'tickets'] },
  }))

/** Pages about who gets which work. */
const routing = (path: string, component: Page): RouteRecordRaw => ({
  path,
  component: component as () => Promise<{ default: object }>,
  meta: { words: [...words, 'skills', 'ranking', 'tickets', 'rules', 'views'], permission: 'routing.manage' },
})

const pages: RouteRecordRaw[] = [
  ...pair(
    'mailboxes',
    'channels.manage',
    () => import('./mailboxes/MailboxesPage.vue'),
    () => import('./mailboxes/MailboxPage.vue'),
  ),
  ...pair(
    'widgets',
    'channels.manage',
    () => import('./widgets/WidgetsPage.vue'),
    () => import('./widgets/WidgetPage.vue'),
  ),
  ...pair(
    'forms',
    'channels.manage',
    () => import('./forms/FormsPage.vue'),
    () => import('./forms/FormPage.vue'),
  ),
  ...pair(
    'api-channels',
    'channels.manage',
    () => import('./apiChannels/ApiChannelsPage.vue'),
    () => import('./apiChannels/ApiChannelPage.vue'),
  ),
  ...['help-centre', 'help-centre/:id(\\d+)'].map((path, place) => ({
    path,
    component: place
      ? () => import('./helpCentre/HelpCentrePage.vue')
      : () => import('./helpCentre/HelpCentresPage.vue'),
    meta: { words: [...words, 'helpCentre'], permission: 'portal.manage' },
  })),
  ...pair(
    'webhooks',
    'webhooks.manage',
    () => import('./webhooks/WebhooksPage.vue'),
    () => import('./webhooks/WebhookPage.vue'),
  ),
  page('set-aside', 'intake.manage', () => import('./intake/IntakePage.vue')),
  page('people', 'people.manage', () => import('./people/PeoplePage.vue')),
  page('teams', 'teams.manage', () => import('./teams/TeamsPage.vue')),
  page('brands', 'channels.manage', () => import('./brands/BrandsPage.vue')),
  page('statuses', 'statuses.manage', () => import('./statuses/StatusesPage.vue')),
  page('checklists', 'channels.manage', () => import('./checklists/ChecklistsPage.vue')),
  page('fields', 'fields.manage', () => import('./fields/FieldsPage.vue')),
  ...pair(
    'ticket-types',
    'fields.manage',
    () => import('./types/TypesPage.vue'),
    () => import('./types/TypePage.vue'),
  ),
  ...pair(
    'automation',
    'rules.manage',
    () => import('./automation/RulesPage.vue'),
    () => import('./automation/RulePage.vue'),
  ).map((route) => ({
    ...route,
    meta: { ...route.meta, words: [...words, 'automation', 'rules', 'views', 'tickets', 'levels'] },
  })),
  ...['processes', 'processes/:id(new|\\d+)'].map((path, place) => ({
    path,
    component: place
      ? () => import('./processes/ProcessPage.vue')
      : () => import('./processes/ProcessesPage.vue'),
    meta: { words: [...words, 'processes', 'teamwork'], permission: 'processes.manage' },
  })),
  ...pair(
    'guidance',
    'guidance.manage',
    () => import('./guidance/CardsPage.vue'),
    () => import('./guidance/CardPage.vue'),
  ).map((route) => ({
    ...route,
    meta: {
      ...route.meta,
      words: [...words, 'guidance', 'rules', 'views', 'tickets', 'levels', 'automation'],
    },
  })),
  page('rules', 'channels.manage', () => import('./rules/DeskRulesPage.vue')),
  {
    path: 'customer-data',
    component: () => import('./customers/CustomerDataPage.vue'),
    meta: { words: [...words, 'customers'], permission: 'channels.manage' },
  },
  ...levels(
    'calendars',
    () => import('./calendars/CalendarsPage.vue'),
    () => import('./calendars/CalendarPage.vue'),
  ),
  ...levels(
    'service-policies',
    () => import('./policies/PoliciesPage.vue'),
    () => import('./policies/PolicyPage.vue'),
  ),
  {
    path: 'strain',
    component: () => import('./strain/StrainPage.vue'),
    meta: { words: [...words, 'strain', 'state'], permission: 'presence.own' },
  },
  page('canned-replies', undefined, () => import('./canned/CannedRepliesPage.vue')),
  page('macros', undefined, () => import('./macros/MacrosPage.vue')),
  page('ticket-templates', undefined, () => import('./templates/TemplatesPage.vue')),
  routing('team-routing', () => import('./routing/TeamRoutingPage.vue')),
  routing('skills', () => import('./routing/SkillsPage.vue')),
  routing('skill-levels', () => import('./routing/LevelsPage.vue')),
  routing('agent-limits', () => import('./routing/AgentsPage.vue')),
  routing('requirements', () => import('./routing/RequirementsPage.vue')),
  routing('requirements/:id(new|\\d+)', () => import('./routing/RequirementPage.vue')),
  routing('ranked-by-hand', () => import('./routing/RanksPage.vue')),
  routing('priority-score', () => import('./routing/ScorePage.vue')),
  {
    path: 'answering',
    component: () => import('./answering/AnsweringPage.vue'),
    meta: { words: [...words, 'answering'], permission: 'answering.manage' },
  },
  {
    path: 'risks',
    component: () => import('./risks/RisksPage.vue'),
    meta: { words: [...words, 'risks'], permission: 'teamwork.lead' },
  },
  {
    path: 'classification',
    component: () => import('./classification/ClassificationPage.vue'),
    meta: { words: [...words, 'classification'], permission: 'routing.manage' },
  },
  {
    path: 'personal-data',
    component: () => import('./personal/PersonalDataPage.vue'),
    meta: { words: [...words, 'personal'], permission: 'personal_data.manage' },
  },
  ...(['models', 'model-exchanges'] as const).map((path) => ({
    path,
    component:
      path === 'models'
        ? () => import('./models/ModelsPage.vue')
        : () => import('./models/ExchangesPage.vue'),
    meta: { words: [...words, 'models'], permission: path === 'models' ? 'models.manage' : 'models.audit' },
  })),
  page('api-keys', 'api_keys.manage', () => import('./keys/ApiKeysPage.vue')),
]

/** The settings; `own` are the pages about oneself that the session feature brings. */
export function settingsRoutes(own: RouteRecordRaw[]): RouteRecordRaw {
  return {
    path: 'settings',
    component: () => import('./SettingsLayout.vue'),
    meta: { words },
    children: [{ path: '', component: () => import('./SettingsIndex.vue') }, ...own, ...pages],
  }
}
