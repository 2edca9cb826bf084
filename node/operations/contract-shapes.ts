/** The shapes that the operations' inputs and outputs share. Times are ISO 8601 strings in UTC. */
import { z } from 'zod';
import { isRole, isShowableName } from '../../protocol/certificate/details.ts';
import { DIRECTORY_SHARES, MAX_RETENTION_FLOOR_DAYS } from '../../protocol/statement/agreement.ts';
import { MAX_CASE_LENGTH, MAX_PURPOSE_LENGTH } from '../../protocol/wire/officer-grounds.ts';
import { level, time } from './identity-shapes.ts';

/** As a certificate can carry it. */
export const memberName = z.string().refine(isShowableName, {
  error: 'not a name of 1 to 128 characters that can be shown',
});
/** Of a member: beside the longest name, a certificate has room for as many. */
const MAX_ROLES = 6;

/** The five that mean something to a node, and any others that the organisation's policy and schedules name. */
export const roles = z
  .array(
    z.string().refine(isRole, {
      error: 'not a role: lower-case letters, digits and hyphens, such as compliance-officer or trader',
    }),
  )
  .min(1)
  .max(MAX_ROLES)
  .transform((list) => [...new Set(list)].sort());
export const reason = z.string().max(256);

/** Why an operator looks at what was said, and in which case: on record beside it. */
export const grounds = {
  purpose: z.string().max(MAX_PURPOSE_LENGTH).optional(),
  case: z.string().max(MAX_CASE_LENGTH).optional(),
};

/** A look at what was said. */
export const access = z.object({
  sequence: z.number(),
  time,
  actor: z.string(),
  /** The peer id of the officer's device; null for an operator at the node. */
  device: z.string().nullable(),
  action: z.enum(['find', 'open', 'export']),
  /** What of the entries, where that is not messages. */
  part: z.enum(['file', 'about']).optional(),
  purpose: z.string(),
  case: z.string(),
  query: z.string(),
  entries: z.array(z.number()),
});

export const member = z.object({
  address: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  /** Whether partners are kept from seeing them in the directory. */
  hidden: z.boolean(),
  state: z.enum(['active', 'suspended', 'removed']),
  joined: time,
  /** Since when in this state; why, and who saw to it. */
  since: time,
  reason: z.string(),
  actor: z.string(),
  devices: z.number(),
});

export const device = z.object({
  serial: z.string(),
  address: z.string(),
  /** The member's verified name. */
  name: z.string(),
  label: z.string(),
  peer: z.string(),
  enrolled: time,
  expires: time,
  state: z.enum(['active', 'revoked', 'expired']),
  /** When it last showed itself; null where that is not known. */
  seen: time.nullable(),
  revoked: z.object({ at: time, reason: z.string() }).nullable(),
  /** When it reported that it destroyed what it held; null on a revoked device: it may still hold it. */
  wiped: time.nullable(),
  /** What it last reported, and by whose word; empty before the first report. */
  facts: z.array(
    z.object({
      name: z.string(),
      value: z.string().nullable(),
      source: z.enum(['self-reported', 'attested']),
    }),
  ),
  attested: time.nullable(),
  /** The rules it breaks by that, as they are now; it is refused until they are mended. */
  breaches: z.array(z.object({ code: z.string(), rule: z.string(), reason: z.string(), mend: z.string() })),
});

export const waiting = z.object({
  address: z.string(),
  /** The member's verified name. */
  name: z.string(),
  label: z.string(),
  /** Of the device's key: what its owner reads out. */
  fingerprint: z.string(),
  peer: z.string(),
  since: time,
  until: time,
});

/** Days, as an agreement carries them; null for none. */
export const retentionFloorDays = z.number().int().min(0).max(MAX_RETENTION_FLOOR_DAYS).nullable();

export const partner = z.object({
  domain: z.string(),
  level,
  rootId: z.string(),
  agreedSince: time,
  /** Whether the partner has shown us its own agreement with us. */
  mutual: z.boolean(),
  addresses: z.array(z.string()),
  /** What of our directory the partner may see. */
  sharesDirectory: z.enum(DIRECTORY_SHARES),
  /** Days for which what is exchanged is kept at least, as each side signed it; the larger one counts, 0 where there is none. */
  retentionFloor: z.object({ ours: z.number().nullable(), theirs: z.number().nullable(), days: z.number() }),
  connected: z.boolean(),
  backlog: z.number(),
  lastContact: time.nullable(),
  lastError: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** Who somebody is and how that is known: what is shown wherever a person is named. */
const person = z.object({
  address: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  domain: z.string(),
  level: z.enum(['own', 'dnssec', 'pinned', 'dns', 'none']),
  /** Since when the organisation is known with its root, or one's own member has been one; null where it is not. */
  since: time.nullable(),
});

export const entry = z.object({
  sequence: z.number(),
  /** Null where the entry itself is damaged. */
  time: time.nullable(),
  /** `damaged` for an entry that is not as it was archived: nothing of it is shown. */
  kind: z.string(),
  /** Set for messages. */
  message: z
    .object({
      id: z.string(),
      conversation: z.string(),
      sender: z.string(),
      /** As certified when it was signed, and how their organisation is known now; null where the device is not known. */
      person: person.nullable(),
      kind: z.string(),
      originTime: time,
      text: z.string().nullable(),
      /** The message that it edits or recalls; null for one that stands for itself. */
      target: z.string().nullable(),
    })
    .nullable(),
  /** One line for a person: what the entry records. */
  summary: z.string(),
});

export const rosterSide = z.object({
  number: z.number(),
  issued: time,
  nextUpdate: time,
  nodes: z.array(z.object({ peer: z.string(), roles: z.array(z.string()), addresses: z.array(z.string()) })),
  revoked: z.array(z.object({ serial: z.string(), at: time, reason: z.string() })),
  /** The exact bytes that were signed, and the signature over them. */
  signed: z.base64(),
  signature: z.base64(),
  /** In PEM: the statement signer's, its issuer's and its root's. */
  certificates: z.array(z.string()),
});

export const evidence = z.object({
  /** The entry of the archive that holds it. */
  sequence: z.number(),
  time,
  domain: z.string(),
  kind: z.enum(['equivocation', 'rollback']),
});

/** Signatures of an offline root, as `chancery identity sign` writes them. */
export const answer = z.record(z.string(), z.unknown()).optional();

/** What a step of a rotation came to. */
export const rotation = z.object({
  state: z.enum(['done', 'prepared', 'to-sign']),
  rootId: z.string(),
  sequence: z.number(),
  /** The id of the root that is prepared to take over. */
  nextRootId: z.string().nullable(),
  /** What is to be published now, whole: a TXT record a line; what else is of Chancery at that name goes. */
  records: z.array(z.object({ name: z.string(), value: z.string() })),
  /** For the offline root, when the state is `to-sign`. */
  request: z.record(z.string(), z.unknown()).nullable(),
  rosterNumber: z.number(),
});

/** A checkpoint that a partner signed, in text and as other tools verify it. */
const checkpointSide = z.object({
  size: z.number(),
  root: z.string(),
  note: z.string(),
  /** The log’s signature over the note’s text: Ed25519. */
  signature: z.base64(),
  /** In PEM: the statement signer's, its issuer's and its root's; empty where they are not in the archive. */
  certificates: z.array(z.string()),
});

const checkpointEvidence = z.object({
  sequence: z.number(),
  time,
  domain: z.string(),
  kind: z.enum(['fork', 'unproven', 'shrunk']),
  /** What was known, and what was shown then. */
  first: checkpointSide,
  second: checkpointSide,
  /** The proof that was shown, and does not lead from the first to the second. */
  proof: z.array(z.base64()),
});

/** A receipt that a partner signed, and its log as it signed it later, which does not show what the receipt says. */
const receiptEvidence = z.object({
  sequence: z.number(),
  time,
  domain: z.string(),
  message: z.string(),
  /** Where the receipt says that it is archived. */
  position: z.number(),
  /** The exact bytes that were signed, and the signature over them: Ed25519, by the key of the checkpoint. */
  receipt: z.object({ signed: z.base64(), signature: z.base64() }),
  checkpoint: checkpointSide,
  /** The entry that was proved there instead; null where none was shown. */
  shown: z.object({ entry: z.base64(), proof: z.array(z.base64()) }).nullable(),
});

export const partnerLogEvidence = z.object({
  evidence: z.array(checkpointEvidence),
  receipts: z.array(receiptEvidence),
});

/** The first four are wrong; the others only say how it stands. */
const findingState = z.enum([
  'missing-there',
  'missing-here',
  'late',
  'different',
  'in-flight',
  'refused',
  'sealed',
]);

const place = z.object({ sequence: z.number(), time: time.nullable() });

/** What a comparison with a partner's log came to. */
const reconciliation = z.object({
  partner: z.string(),
  /** Whether everything that was compared is in order, and the partner's log goes on from what it was. */
  agrees: z.boolean(),
  /** The partner's log as it signed it for this, and how it stands to what it signed before. */
  theirs: z.object({
    size: z.number(),
    root: z.string(),
    state: z.enum(['consistent', 'fork', 'unproven', 'shrunk']),
  }),
  compared: z.number(),
  counts: z.record(findingState, z.number()),
  /** What is wrong first; no more than a thousand of that, and of what only says how it stands. */
  findings: z.array(
    z.object({
      state: findingState,
      /** Null where our own entry is damaged. */
      message: z.string().nullable(),
      direction: z.enum(['sent', 'received']),
      /** Null for a message that is not held here. */
      conversation: z.string().nullable(),
      sender: z.string().nullable(),
      here: place.nullable(),
      there: place.nullable(),
      reason: z.string(),
    }),
  ),
  /** False where the partner showed more than can be looked at. */
  complete: z.boolean(),
});

export const reconcileStep = {
  input: z.object({
    partner: z.string(),
    /** Of which receipt times; both ends are within. */
    since: time.optional(),
    until: time.optional(),
    /** Seconds that who receives a message may take to archive it. */
    late: z.number().int().nonnegative().default(300),
    run: z.string().max(16).optional(),
  }),
  output: z.object({
    /** Null once it is done. */
    run: z.string().nullable(),
    /** Messages compared so far; how far it is through the partner's log, then through ours. */
    compared: z.number(),
    phase: z.enum(['theirs', 'ours', 'done']),
    at: z.number(),
    of: z.number(),
    outcome: reconciliation.nullable(),
  }),
} as const;

/** What an operator has to see to at once. */
export const alarm = z.object({ code: z.string(), message: z.string() });
