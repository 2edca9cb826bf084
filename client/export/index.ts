export type { OfCase } from './gather-case.ts';
export { Exporter, type Exported } from './exporter.ts';
export type { ComposeMail, Mail, Mailbox } from './mail.ts';
export type { ExportTarget } from './target.ts';
