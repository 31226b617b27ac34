import type { Locale } from './types'

/** The visitor's words. Both languages are written, not translated; `{0}` stands for a value. */
const EN = {
  open: 'Open chat',
  close: 'Close chat',
  online: 'We are here for you',
  away: 'We are away just now',
  back: 'Back {0}',
  nobody: 'Nobody is here just now. Leave a message.',
  wait: 'Wait: {0}',
  range: 'about {0} to {1}',
  under: 'less than {0}',
  over: 'more than {0}',
  minutes: '{0} min',
  hours: '{0} h',
  hello: 'Hello! How can we help?',
  awayHello: 'Leave a message. We answer as soon as we are back.',
  name: 'Your name',
  email: 'Your e-mail',
  optional: 'optional',
  emailWhy: 'So the answer reaches you even if you leave this page.',
  needName: 'Please tell us your name.',
  needAnswer: 'Please answer this question.',
  choose: 'Please choose',
  yes: 'Yes',
  no: 'No',
  needEmail: 'Please enter a full e-mail address, like name@example.com.',
  write: 'Write a message…',
  message: 'Message',
  send: 'Send',
  attach: 'Attach a file',
  log: 'Conversation',
  unread: '{0} unread',
  manyAsk: 'Many ask this just now',
  didHelp: 'Did this help?',
  helped: 'Good to know, thank you.',
  not_helped: 'Thank you. Write to us below.',
}

export type Word = keyof typeof EN

const ZH: Record<Word, string> = {
  open: '打开在线客服',
  close: '关闭在线客服',
  online: '客服在线，随时为您服务',
  away: '客服暂时不在线',
  back: '{0}恢复服务',
  nobody: '客服暂时不在，请留言',
  wait: '预计等待{0}',
  range: '约 {0} 到 {1}',
  under: '不到 {0}',
  over: '超过 {0}',
  minutes: '{0} 分钟',
  hours: '{0} 小时',
  hello: '您好，请问有什么可以帮您？',
  awayHello: '请留言，我们上班后会尽快回复您。',
  name: '您的称呼',
  email: '您的邮箱',
  optional: '选填',
  emailWhy: '离开页面后，回复也会发到您的邮箱。',
  needName: '请填写您的称呼。',
  needAnswer: '请回答此问题。',
  choose: '请选择',
  yes: '是',
  no: '否',
  needEmail: '请填写完整的邮箱地址，例如 name@example.com。',
  write: '请输入消息…',
  message: '消息',
  send: '发送',
  attach: '添加附件',
  log: '会话内容',
  unread: '{0} 条未读',
  manyAsk: '大家都在问',
  didHelp: '是否解决了您的问题？',
  helped: '感谢您的反馈，很高兴帮到您。',
  not_helped: '感谢您的反馈，请在下方留言。',
}

export type Say<W extends string> = (word: W, ...values: (string | number)[]) => string

export function makeSay<W extends string>(words: Record<W, string>): Say<W> {
  return (word, ...values) =>
    words[word].replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)] ?? ''))
}

export const speak = (locale: Locale): Say<Word> => makeSay(locale === 'zh-CN' ? ZH : EN)

/** The first wish that names a language we speak. */
export function pickLocale(wishes: (string | null | undefined)[], otherwise: Locale): Locale {
  for (const wish of wishes) {
    if (/^zh\b/i.test(wish ?? '')) return 'zh-CN'
    if (/^en\b/i.test(wish ?? '')) return 'en'
  }
  return otherwise
}
