import type { ComposerKind, Macro } from '@api'
import { BookOpen, BookText, Forward, Lock, Reply, Send, Zap } from 'lucide-vue-next'
import { i18n } from '@/i18n'
import type { Command } from '@/shared/commands'

interface Verbs {
  kinds: ComposerKind[]
  macros: Macro[]
  focus: (kind: ComposerKind) => void
  openCanned: () => void
  openKnowledge: () => void
  openMacro: (macro: Macro) => void
  send: (solves: boolean) => void
}

function replyCommands({ macros, focus, openCanned, openMacro }: Verbs): Command[] {
  const { t } = i18n.global
  return [
    {
      id: 'write.reply',
      group: 'write',
      keys: 'r',
      label: t('tickets.composer.reply'),
      icon: Reply,
      run: () => focus('reply'),
    },
    {
      id: 'write.canned',
      group: 'write',
      keys: 'm',
      label: t('tickets.canned.title'),
      icon: BookText,
      run: openCanned,
    },
    {
      id: 'write.forward',
      group: 'write',
      keys: 'f',
      label: t('tickets.composer.forward'),
      icon: Forward,
      run: () => focus('forward'),
    },
    ...macros.map((one): Command => ({
      id: `macro.${String(one.id)}`,
      group: 'write',
      label: t('tickets.macro.named', { title: one.title }),
      icon: Zap,
      run: () => openMacro(one),
    })),
  ]
}

/** What can be done from the keys and the palette while a composer is there. */
export function composerCommands(verbs: Verbs): Command[] {
  const { t } = i18n.global
  const { kinds, focus, send } = verbs
  return [
    ...(kinds.includes('reply') ? replyCommands(verbs) : []),
    {
      id: 'write.knowledge',
      group: 'write',
      label: t('tickets.knowledge.title'),
      icon: BookOpen,
      run: verbs.openKnowledge,
    },
    {
      id: 'write.note',
      group: 'write',
      keys: 'n',
      label: t('tickets.composer.note'),
      icon: Lock,
      run: () => focus('note'),
    },
    {
      id: 'write.send',
      group: 'write',
      keys: 'mod+Enter',
      label: t('tickets.composer.send'),
      icon: Send,
      run: () => send(false),
    },
    {
      id: 'write.sendSolve',
      group: 'write',
      keys: 'mod+shift+Enter',
      label: t('tickets.composer.sendAndSolve'),
      run: () => send(true),
    },
  ]
}
