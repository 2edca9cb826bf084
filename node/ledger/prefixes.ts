/** Which view a key is of, by its first byte, and how that view is kept: sealed or bare, decoded or not. */
import { DISPOSED_PREFIX } from '../archive/index.ts';

/** First bytes of the views' keys. Never reuse or renumber one: they are in every archive. */
export const PREFIX = {
  message: 0x10,
  timeline: 0x11,
  feed: 0x12,
  conversation: 0x13,
  membership: 0x14,
  signer: 0x15,
  outbox: 0x16,
  outboxCursor: 0x17,
  member: 0x18,
  device: 0x19,
  memberDevice: 0x1a,
  invitation: 0x1b,
  agreement: 0x1c,
  organisation: 0x1d,
  roster: 0x1e,
  person: 0x20,
  said: 0x21,
  peerDevice: 0x22,
  authority: 0x23,
  history: 0x24,
  proof: 0x25,
  acquaintance: 0x2b,
  news: 0x2c,
  rosterAt: 0x2e,
  evidence: 0x2f,
  cosignature: 0x30,
  checkpointEvidence: 0x31,
  deviceReport: 0x28,
  deviceWipe: 0x29,
  enrolment: 0x2d,
  epoch: 0x38,
  disowned: 0x39,
  dataKey: 0x34,
  dataKeyOf: 0x35,
  dataKeyWrap: 0x36,
  window: 0x37,
  formerMembership: 0x3c,
  searchSegment: 0x46,
  searchBlock: 0x47,
  loss: 0x40,
  newestLoss: 0x41,
  exchange: 0x3e,
  receiptEvidence: 0x3f,
  access: 0x42,
  accessOf: 0x43,
  remaking: 0x4e,
  version: 0x50,
  revised: 0x51,
  file: 0x52,
  goneFile: 0x53,
  stay: 0x55,
  searchGone: 0x56,
  act: 0x5f,
  disposed: DISPOSED_PREFIX,
  effect: 0x4b,
  keyEntry: 0x4c,
  hold: 0x4d,
  holdNotice: 0x60,
  erasure: 0x4f,
  recording: 0x59,
  audit: 0x5a,
  preservation: 0x57,
  preservationOutbox: 0x58,
  case: 0x5b,
  caseNamed: 0x5c,
  caseEvent: 0x5d,
  caseTag: 0x5e,
  policy: 0x61,
  decision: 0x62,
  decided: 0x63,
  quarantine: 0x64,
  conversationBefore: 0x71,
  inspection: 0x72,
  review: 0x65,
  contact: 0x66,
  request: 0x68,
  report: 0x69,
  reported: 0x6a,
  suspect: 0x6b,
  control: 0x70,
} as const;

/** All rows of all views. */
export const EVERY_VIEW: { readonly gte: Uint8Array } = { gte: Uint8Array.of(PREFIX.message) };

/** Views of one row a message: written too often, and read too seldom, to be kept decoded. */
const BULK: ReadonlySet<number> = new Set([
  PREFIX.message,
  PREFIX.timeline,
  PREFIX.feed,
  PREFIX.said,
  PREFIX.outbox,
  PREFIX.exchange,
  PREFIX.access,
  PREFIX.accessOf,
  PREFIX.audit,
  PREFIX.version,
  PREFIX.file,
  PREFIX.caseEvent,
  PREFIX.decided,
]);

/** Whether a key is of such a view. */
export function isBulk(key: Uint8Array): boolean {
  return BULK.has(key[0] ?? 0);
}

/** Views that are only ever read as a range, or by `get` for entries that count as archived. */
const LISTED: ReadonlySet<number> = new Set(
  // holds ask with whom a message is exchanged as it is archived
  [...BULK].filter((prefix) => prefix !== PREFIX.message && prefix !== PREFIX.exchange),
);

/** Whether a key is of such a view: its changes need not be seen before they are durable. */
export function isListed(key: Uint8Array): boolean {
  return LISTED.has(key[0] ?? 0);
}

/** Views whose values are empty, sequence numbers or hashes, which say nothing to who cannot open the entries. */
const BARE: ReadonlySet<number> = new Set([
  ...BULK,
  PREFIX.membership,
  PREFIX.formerMembership,
  PREFIX.stay,
  PREFIX.outboxCursor,
  PREFIX.history,
  PREFIX.rosterAt,
  PREFIX.person,
  PREFIX.dataKeyOf,
  PREFIX.window,
  PREFIX.remaking,
  PREFIX.revised,
  PREFIX.goneFile,
  PREFIX.disposed,
  PREFIX.effect,
  PREFIX.keyEntry,
  PREFIX.searchGone,
  PREFIX.preservationOutbox,
  PREFIX.caseTag,
  PREFIX.decision,
  PREFIX.review,
  PREFIX.contact,
  PREFIX.request,
  PREFIX.report,
  PREFIX.control,
]);

/** Whether a key is of such a view: all others are sealed. */
export function isBare(key: Uint8Array): boolean {
  return BARE.has(key[0] ?? 0);
}
