/** Short names for the server's structs, which are generated from its description; import from `@api` only. */
import type { components } from './schema.gen'

export type Schemas = components['schemas']

export type Id = number
export type Time = string

export interface Page<T> {
  items: T[]
  next: string | null
}

export type Me = Schemas['Me']
export type Locale = Me['locale']
export type Role = Me['role']
export type PresenceState = Me['presence']
export type Session = Schemas['Session']
export type SessionStart = Schemas['SessionStart']
export type SessionRow = Schemas['SessionRow']
export type LinkInfo = Schemas['LinkInfo']
export type Enrolment = Schemas['Enrolment']

export type PersonBrief = Schemas['PersonBrief']
export type Person = Schemas['Person']
export type InvitedPerson = Schemas['InvitedPerson']
export type Team = Schemas['Team']
export type Brand = Schemas['Brand']
export type ApiKey = Schemas['ApiKey']
export type NewApiKey = Schemas['NewApiKey']

export type Status = Schemas['Status']
export type Category = Status['category']
export type ChannelBrief = Schemas['ChannelBrief']
export type ChannelKind = ChannelBrief['kind']
export type ChannelHealth = Schemas['ChannelHealth']
export type ConnectionTest = Schemas['ConnectionTest']

export type TicketRow = Schemas['TicketRow']
export type Priority = TicketRow['priority']
export type TicketLink = Schemas['TicketLink']
export type LinkVerb = Schemas['LinkIn']['kind']
export type MergeHint = Schemas['MergeHint']
export type RoutingState = Schemas['RoutingState']
export type Address = Schemas['Address']
export type Ticket = Schemas['Ticket']
export type Bounce = Schemas['Bounce']
export type BounceRecipient = Schemas['BounceRecipient']
export type EntryDetails = Schemas['EntryDetails']
export type Attachment = Schemas['Attachment']
export type Delivery = Schemas['Delivery']
export type Entry = Schemas['Entry']
export type Timeline = Schemas['Timeline']
export type Undone = Schemas['Undone']
export type ViewCount = Schemas['ViewCount']
export type ViewKey = ViewCount['key']
export type TicketPage = Schemas['TicketPage']
export type TimeReport = Schemas['TimeReport']
export type SavedView = Schemas['SavedView']
export type SavedViewCount = Schemas['SavedViewCount']
export type ViewProblem = Schemas['ViewProblem']
export type ViewSort = SavedView['sort']
export type ViewScope = SavedView['scope']
export type ViewLayout = SavedView['layout']
export type BulkChanges = Schemas['Changes']
export type Selection = Schemas['Selection']
export type Job = Schemas['Job']
export type JobReport = Schemas['JobReport']
export type CustomField = Schemas['Field']
export type TicketType = Schemas['TicketType']
export type SearchHit = Schemas['SearchHit']
export type SearchFound = Schemas['SearchFound']
export type SearchKind = SearchHit['kind']
export type Snippet = Schemas['Snippet']
export type Suggestion = Schemas['Suggestion']

export type Identity = Schemas['Identity']
export type Customer = Schemas['Customer']
/** A customer in lists and results; what a ticket tells of its customer is less. */
export type CustomerBrief = Schemas['CustomerListItem']

export type CustomerPatch = Schemas['CustomerPatch']
export type CustomerPolicy = Schemas['CustomerPolicy']
export type Product = Schemas['Product']
export type ProductIn = Schemas['ProductIn']
export type CustomerNote = Schemas['CustomerNote']
export type Consent = Schemas['Consent']
export type IdentityCheck = Schemas['IdentityCheck']
export type CheckMethod = IdentityCheck['method']
export type CodeSent = Schemas['CodeSent']
export type Duplicate = Schemas['Duplicate']
export type Organisation = Schemas['Organisation']
export type CustomerEvent = Schemas['CustomerEvent']
export type CustomerMerge = Schemas['CustomerMerge']
export type MergePreview = Schemas['MergePreview']
export type Profile = Schemas['Profile']

export type Draft = Schemas['Draft']
export type DraftKind = Draft['kind']
export type DraftDetails = Schemas['DraftDetails']
export type DraftKept = Schemas['DraftKept']
export type Looker = Schemas['Looker']
export type Together = Schemas['Together']
export type Follower = Schemas['Follower']
export type ChecklistItem = Schemas['ChecklistItem']
export type ChecklistTemplate = Schemas['ChecklistTemplate']
export type TimeSpent = Schemas['TimeSpent']
export type SharedDraft = Schemas['SharedDraft']
/** A field that a colleague changed meanwhile; it stands in the refusal `field_changed`. */
export interface Collision {
  field: string
  value: unknown
  by: { kind: string; id: Id | null; name: string } | null
  at: Time | null
}
export type CannedReply = Schemas['CannedReply']
export type Macro = Schemas['Macro']
export type TicketTemplate = Schemas['TicketTemplate']
export type TemplateTicket = Schemas['TemplateTicket']
export type MacroActions = Schemas['MacroActions']
export type MacroChange = Schemas['MacroChange']
export type MacroPreview = Schemas['MacroPreview']
export type MacroApplied = Schemas['MacroApplied']
export type PlannedReply = Schemas['PlannedReply']
export type Rendering = Schemas['Rendering']
export type Notification = Schemas['Notification']
export type NotificationKind = Notification['kind']
export type FileRef = Schemas['FileRef']

export type IntakeProblem = Schemas['InboxProblem']
export type DeskRules = Schemas['DeskPolicy']
export type Webhook = Schemas['Webhook']
export type NewWebhook = Schemas['NewWebhook']
export type WebhookDelivery = Schemas['WebhookDelivery']
export type Ping = Schemas['Ping']

/** Events of an agent's stream by name, each with its data. */
export type StreamEvents = Schemas['StreamEvents']

/** Custom fields and the forms of ticket types. */
export type Field = Schemas['Field']
export type FieldKind = Field['kind']
export type FieldSubject = Field['subject']
export type FieldOptions = Schemas['FieldOptions']
export type FieldChoice = Schemas['Choice']
export type FormField = Schemas['FormField']
export type FormRule = Schemas['FormRule']
export type FieldChange = Schemas['FieldChange']
export type FieldFile = Schemas['FieldFile']
