import type { QueryKey } from '@tanstack/vue-query'
import { queryClient } from './queryClient'

const people: QueryKey[] = [
  ['desk', 'people'],
  ['settings', 'people'],
  ['settings', 'people-brief'],
]

const teams: QueryKey[] = [
  ['desk', 'teams'],
  ['settings', 'teams'],
  ['settings', 'teams-archived'],
]

/** Which cached lists a `settings` frame speaks of; people's teams and a team's members are one thing. */
const lists: Record<string, QueryKey[]> = {
  people: [...people, ...teams],
  teams: [...teams, ...people],
  brands: [['settings', 'brands']],
  statuses: [
    ['desk', 'statuses'],
    ['settings', 'statuses'],
  ],
  channels: [
    ['desk', 'channels'],
    ['settings', 'channels'],
  ],
  canned_replies: [['canned_replies'], ['settings', 'canned-replies']],
  macros: [['macros'], ['settings', 'macros']],
  ticket_templates: [['ticket_templates'], ['settings', 'ticket-templates']],
  api_keys: [['settings', 'api-keys']],
  webhooks: [['settings', 'webhooks']],
  intake: [['settings', 'intake-problems']],
  processes: [['settings', 'processes'], ['process']],
  saved_views: [['saved_views'], ['views', 'saved']],
  desk: [['settings', 'desk']],
  checklist_templates: [['checklist_templates'], ['settings', 'checklist-templates']],
  fields: [
    ['desk', 'fields'],
    ['settings', 'fields'],
  ],
  calendars: [['settings', 'calendars']],
  service_policies: [['settings', 'service-policies']],
  clock_jobs: [['clock_jobs'], ['clocks']],
  skills: [['desk', 'skills']],
  answering: [['settings', 'answering']],
  skill_levels: [['settings', 'skill-levels']],
  agent_routing: [['settings', 'agent-routing']],
  team_routing: [['desk', 'team-routing']],
  requirements: [['settings', 'requirement-rules']],
  score_weights: [['settings', 'score-weights']],
  // knowledge: notices, guidance, requests, findings
  guidance_cards: [['guidance'], ['settings', 'guidance-cards']],
  script_variants: [['scripts'], ['knowledge', 'variants']],
  article_requests: [['article-requests']],
  knowledge_findings: [['knowledge-care']],
  // blocks and variables stand in articles
  knowledge_frame: [['knowledge_frame'], ['knowledge']],
  ticket_types: [
    ['desk', 'ticket_types'],
    ['settings', 'ticket-types'],
  ],
}

/** Have the lists on the screen fetched anew, and the others when they are next shown. */
export function refetchSettings(what: string): void {
  for (const queryKey of lists[what] ?? [[what]]) void queryClient.invalidateQueries({ queryKey })
}
