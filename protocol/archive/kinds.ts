/**
 * Every kind of thing the archive log records: what happened, not only what was said.
 * Closed: a log with a kind that is not listed here is not read by this program.
 */
export const ENTRY_KINDS = [
  'message',
  'receipt',
  'refusal',
  'certificate',
  'member',
  'device',
  'device-report',
  'device-wipe',
  'invitation',
  'enrolment',
  'agreement',
  'roster',
  'roster-forgotten',
  'organisation',
  'proof',
  'authority',
  'epoch',
  'disowned',
  'evidence',
  'checkpoint-evidence',
  'receipt-evidence',
  'cosignature',
  'loss',
  'loss-accepted',
  'news',
  'data-key',
  'data-key-wraps',
  'window-closed',
  'access',
  'disposal',
  'hold',
  'hold-release',
  'erasure',
  'officer-act',
  'oversight-policy',
  'administration',
] as const;

export type EntryKind = (typeof ENTRY_KINDS)[number];
