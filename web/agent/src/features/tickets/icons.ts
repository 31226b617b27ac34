import type { ChannelKind } from '@api'
import { Bot, FileText, Mail, MessageCircle } from 'lucide-vue-next'
import type { Component } from 'vue'

export const channelIcons: Record<ChannelKind, Component> = {
  email: Mail,
  chat: MessageCircle,
  form: FileText,
  api: Bot,
}
