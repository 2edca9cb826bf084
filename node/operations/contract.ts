/**
 * What an operator can ask a running node: each operation's name, input and output, in one table.
 * The admin socket serves exactly this table, the command line calls it, and both check against it.
 * Times are ISO 8601 strings in UTC; ids and hashes are lower-case hex; domains and addresses canonical.
 */
import { z } from 'zod';
import { DIRECTORY_SHARES } from '../../protocol/statement/index.ts';
import { AUDIT_OPERATIONS, absence } from './audit-contract.ts';
import { BACKUP_OPERATIONS } from './backup-contract.ts';
import { CASE_OPERATIONS } from './case-contract.ts';
import { GAP_OPERATIONS } from './gap-contract.ts';
import { SEARCH_OPERATIONS } from './search-contract.ts';
import { PRESERVATION_OPERATIONS } from './preservation-contract.ts';
import { RETENTION_OPERATIONS } from './retention-contract.ts';
import { acceptance, certificate, identity, keyChange, page, time } from './identity-shapes.ts';
import {
  access,
  grounds,
  memberName,
  roles,
  reason,
  member,
  device,
  waiting,
  partner,
  retentionFloorDays,
  entry,
  rosterSide,
  evidence,
  answer,
  rotation,
  partnerLogEvidence,
  reconcileStep,
  alarm,
} from './contract-shapes.ts';

/** Every operation: `input` is what the caller sends, `output` what it gets. */
export const OPERATIONS = {
  status: {
    input: z.object({}),
    output: z.object({
      domain: z.string(),
      peer: z.string(),
      version: z.string(),
      roles: z.array(z.enum(['gateway', 'archive'])),
      addresses: z.array(z.string()),
      started: time,
      rosterNumber: z.number().nullable(),
      /** Null on a node that is only a gateway. */
      log: z.object({ size: z.number(), root: z.string() }).nullable(),
      /** For a gateway alone: whether its archive answers. */
      archiveConnected: z.boolean(),
      devicesConnected: z.number(),
      partners: z.array(partner),
      alarms: z.array(alarm),
      /** The last period in which nothing could be recorded; null where there was none, or on a node that cannot tell. */
      absence: absence.nullable(),
      /** What waits for somebody, each in one line. */
      waits: z.array(z.string()),
    }),
  },
  'identity.show': { input: z.object({}), output: identity },
  /** Puts another issuer in force. With an offline root: answers what is to be signed, then takes the signatures. */
  'identity.rotate-issuer': {
    input: z.object({ cause: z.enum(['superseded', 'key-compromise']).default('superseded'), answer }),
    output: rotation,
  },
  /** Prepares the root that takes over (`certificate` in base64 where its key is kept elsewhere), or puts it in force. */
  'identity.rotate-root': {
    input: z.object({ step: z.enum(['prepare', 'complete']), certificate: z.string().optional(), answer }),
    output: rotation,
  },
  /** Ends the root in force at once. `lost`: its key cannot even sign the handover. */
  'identity.revoke-root': {
    input: z.object({ lost: z.boolean().default(false), answer }),
    output: rotation,
  },
  /** The revoked certificates as an X.509 CRL, DER in base64. */
  'identity.crl': {
    input: z.object({}),
    output: z.object({
      number: z.number(),
      thisUpdate: time,
      nextUpdate: time,
      revoked: z.number(),
      crl: z.base64(),
    }),
  },
  /** What partners signed against themselves, oldest first; `first` was known when `second` was shown. */
  'evidence.list': {
    input: z.object({}),
    output: z.object({ evidence: z.array(evidence.extend({ first: z.number(), second: z.number() })) }),
  },
  'evidence.show': {
    input: z.object({ sequence: z.number().int().nonnegative() }),
    output: evidence.extend({
      first: rosterSide,
      second: rosterSide,
      differences: z.array(
        z.object({ what: z.string(), first: z.string().nullable(), second: z.string().nullable() }),
      ),
    }),
  },
  'identity.verify': { input: z.object({ domain: z.string() }), output: identity },
  /** Every key ever seen of a domain, oldest first; `after` is the cursor. Our own domain has its own standing as well. */
  'identity.history': {
    input: z.object({ domain: z.string(), ...page, after: z.number().int().nonnegative().optional() }),
    output: z.object({
      domain: z.string(),
      changes: z.array(keyChange),
      next: z.number().nullable(),
    }),
  },
  /** What changed of who people and organisations are, newest first; `before` is the cursor. */
  'identity.events': {
    input: z.object({ ...page, before: z.number().int().nonnegative().optional() }),
    output: z.object({
      events: z.array(
        z.object({
          sequence: z.number(),
          time,
          what: z.enum(['device', 'name', 'roles', 'level', 'root']),
          severity: z.enum(['information', 'warning', 'alarm']),
          /** Null where it is about the organisation itself. */
          person: z.object({ address: z.string(), name: z.string() }).nullable(),
          domain: z.string(),
          level: z.enum(['own', 'dnssec', 'pinned', 'dns', 'none']),
          /** Since when the organisation is known with its root; null where it is not. */
          since: time.nullable(),
          before: z.string(),
          after: z.string(),
        }),
      ),
      next: z.number().nullable(),
    }),
  },
  'member.add': {
    input: z.object({
      address: z.string(),
      name: memberName,
      roles: roles.default(['member']),
    }),
    output: member,
  },
  /** Changes what is given. Devices get a certificate that says so; where a role is taken away, the old ones end at once. */
  'member.update': {
    input: z.object({
      address: z.string(),
      name: memberName.optional(),
      roles: roles.optional(),
      hidden: z.boolean().optional(),
      reason: reason.default(''),
    }),
    output: z.object({
      member,
      /** Certificates made anew, and serials of those that ended. */
      certified: z.number(),
      superseded: z.array(z.string()),
      rosterNumber: z.number(),
    }),
  },
  /** Shuts the member out on every device, here at once and at partners with the next roster, until restored. */
  'member.suspend': {
    input: z.object({ address: z.string(), reason: reason.min(1) }),
    output: z.object({ member, rosterNumber: z.number() }),
  },
  'member.restore': {
    input: z.object({ address: z.string(), reason: reason.default('') }),
    output: z.object({ member, rosterNumber: z.number() }),
  },
  'member.list': { input: z.object({}), output: z.object({ members: z.array(member) }) },
  'member.show': {
    input: z.object({ address: z.string() }),
    output: z.object({ member, devices: z.array(device) }),
  },
  'member.invite': {
    input: z.object({ address: z.string() }),
    output: z.object({
      address: z.string(),
      /** The single-use code, shown once and stored only as a hash. */
      code: z.string(),
      /** Everything a device needs in one string: address, code, node addresses, root fingerprint. */
      invitation: z.string(),
      expires: time,
    }),
  },
  /** Removes the member and revokes every device of theirs. */
  'member.remove': {
    input: z.object({ address: z.string(), reason: z.string().max(256).default('') }),
    output: z.object({ member, revoked: z.array(z.string()), rosterNumber: z.number() }),
  },
  'device.list': {
    input: z.object({ address: z.string().optional() }),
    output: z.object({ devices: z.array(device) }),
  },
  'device.show': {
    input: z.object({ serial: z.string() }),
    output: z.object({ device }),
  },
  /** Devices that showed a code and wait for approval, the oldest first. */
  'device.pending': { input: z.object({}), output: z.object({ pending: z.array(waiting) }) },
  'device.approve': {
    input: z.object({ fingerprint: z.string().max(64), reason: reason.default('') }),
    output: z.object({ device, fingerprint: z.string() }),
  },
  'device.reject': {
    input: z.object({ fingerprint: z.string().max(64), reason: reason.default('') }),
    output: z.object({ rejected: waiting }),
  },
  'device.revoke': {
    input: z.object({ serial: z.string(), reason: z.string().max(256).default('') }),
    output: z.object({ device, rosterNumber: z.number() }),
  },
  /** An invitation for another node of the same organisation. */
  'node.invite': {
    input: z.object({ roles: z.array(z.enum(['gateway', 'archive'])).default(['gateway']) }),
    output: z.object({ code: z.string(), invitation: z.string(), expires: time }),
  },
  'node.list': {
    input: z.object({}),
    output: z.object({
      nodes: z.array(
        z.object({ peer: z.string(), roles: z.array(z.string()), addresses: z.array(z.string()) }),
      ),
    }),
  },
  /** Takes a node off the roster: it is let in no more, by us or by partners. */
  'node.remove': {
    input: z.object({ peer: z.string().max(64), reason: reason.default('') }),
    output: z.object({ peer: z.string(), rosterNumber: z.number() }),
  },
  /** Looks the domain up and shows who it is, without agreeing to anything. */
  'partner.preview': {
    input: z.object({
      domain: z.string(),
      /** The root's fingerprint as compared out of band (the `id` of the TXT record). */
      pin: z.string().optional(),
      /** Multiaddrs to ask when DNS cannot tell, or to reach the partner's node at. */
      addresses: z.array(z.string()).default([]),
    }),
    output: identity,
  },
  'partner.add': {
    input: z.object({
      domain: z.string(),
      /** Must equal what the preview showed, so that what was approved is what is stored. */
      rootId: z.string(),
      pin: z.string().optional(),
      addresses: z.array(z.string()).default([]),
      shareDirectory: z.enum(DIRECTORY_SHARES).default('none'),
      retentionFloorDays: retentionFloorDays.optional(),
    }),
    output: partner,
  },
  /** Changes the terms that are given: signs a new agreement, and shows it to the partner at once. */
  'partner.update': {
    input: z.object({
      domain: z.string(),
      shareDirectory: z.enum(DIRECTORY_SHARES).optional(),
      retentionFloorDays: retentionFloorDays.optional(),
    }),
    output: partner,
  },
  /** Agrees anew with a partner whose domain has another root that nothing handed over to. */
  'partner.approve': {
    input: z.object({ domain: z.string(), rootId: z.string(), pin: z.string().optional() }),
    output: partner,
  },
  'partner.list': { input: z.object({}), output: z.object({ partners: z.array(partner) }) },
  'partner.show': { input: z.object({ domain: z.string() }), output: z.object({ partner, identity }) },
  'partner.remove': { input: z.object({ domain: z.string() }), output: z.object({ domain: z.string() }) },
  /** Newest first; `before` is the cursor: entries below that sequence. */
  'archive.list': {
    input: z.object({
      ...page,
      before: z.number().int().nonnegative().optional(),
      conversation: z.string().optional(),
      person: z.string().optional(),
      after: time.optional(),
      until: time.optional(),
      ...grounds,
    }),
    output: z.object({ entries: z.array(entry), next: z.number().nullable() }),
  },
  'archive.show': {
    input: z.object({ sequence: z.number().int().nonnegative(), ...grounds }),
    output: z.object({
      entry,
      leafHash: z.string(),
      certificate: certificate.nullable(),
      /** For a message: what it was accepted by then. */
      accepted: acceptance.nullable(),
      /** Of a message that was edited or recalled: its versions, the first one first. */
      versions: z.array(z.object({ sequence: z.number(), kind: z.string() })),
      detail: z.unknown(),
    }),
  },
  /** Who looked at what was said, newest first: at one entry where it is named. */
  'archive.accesses': {
    input: z.object({
      ...page,
      entry: z.number().int().nonnegative().optional(),
      before: z.number().int().nonnegative().optional(),
    }),
    output: z.object({ accesses: z.array(access), next: z.number().nullable() }),
  },
  'archive.conversations': {
    input: z.object({}),
    output: z.object({
      conversations: z.array(
        z.object({
          id: z.string(),
          type: z.enum(['direct', 'group']),
          title: z.string(),
          owner: z.string(),
          members: z.array(z.string()),
          revision: z.number(),
        }),
      ),
    }),
  },
  /** Declares that the checkpoint which stopped the log was signed over one that was tampered with. */
  'archive.disown': {
    input: z.object({ reason: reason.min(1) }),
    output: z.object({ partner: z.string(), size: z.number(), root: z.string() }),
  },
  /** The archive nodes beside the primary, and how far each holds the log. */
  'archive.replicas': {
    input: z.object({}),
    output: z.object({
      epoch: z.number(),
      /** The primary's peer id, and how many entries it has. */
      primary: z.string(),
      size: z.number(),
      /** How many nodes must hold an entry before it counts. */
      copies: z.number(),
      replicas: z.array(
        z.object({
          peer: z.string(),
          connected: z.boolean(),
          /** Entries that it holds and lacks; null where it was not here since the start. */
          size: z.number().nullable(),
          lag: z.number().nullable(),
          lastContact: time.nullable(),
        }),
      ),
    }),
  },
  /** On a replica: makes it the primary. */
  'archive.promote': {
    input: z.object({ reason: reason.min(1), force: z.boolean().default(false) }),
    output: z.object({ peer: z.string(), epoch: z.number(), size: z.number() }),
  },
  'archive.verify': {
    input: z.object({}),
    output: z.object({
      size: z.number(),
      root: z.string(),
      /** Null where the log is stopped: nothing is signed then. */
      checkpoint: z.string().nullable(),
      messages: z.number(),
      /** Messages that only an officer's device opens any more: of these nothing but the signature was left out. */
      sealed: z.number(),
      /** Entries whose content was disposed of, as a certificate in the log says. */
      disposed: z.number(),
      /** Files of messages that were read. */
      files: z.number(),
      faults: z.array(z.object({ sequence: z.number(), code: z.string(), message: z.string() })),
    }),
  },
  /** The newest checkpoint that partners cosigned, as a signed note (C2SP); before the first, the log's own. */
  'archive.checkpoint': {
    input: z.object({}),
    output: z.object({
      checkpoint: z.string(),
      size: z.number(),
      root: z.string(),
      /** How many entries the log has by now. */
      logSize: z.number(),
      cosignatures: z.array(z.object({ domain: z.string(), time })),
      /** Of the log and of each that cosigned, as other tools take them (C2SP signed-note). */
      verifierKeys: z.array(z.string()),
    }),
  },
  /** A tile or bundle of entries by its path (C2SP tlog-tiles). */
  'archive.tile': {
    input: z.object({ path: z.string().max(96) }),
    output: z.object({ path: z.string(), bytes: z.base64() }),
  },
  /** Checkpoints that partners signed and that do not go together, and receipts that their logs contradict, oldest first. */
  'archive.evidence': {
    input: z.object({}),
    output: partnerLogEvidence,
  },
  /** One step of a comparison with a partner's log: without `run` it begins, then goes on by the `run` of the step before. */
  'archive.reconcile': reconcileStep,
  ...SEARCH_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...BACKUP_OPERATIONS,
  ...RETENTION_OPERATIONS,
  ...PRESERVATION_OPERATIONS,
  ...CASE_OPERATIONS,
  ...GAP_OPERATIONS,
  /** The node's own view of what an operator should mend. */
  'doctor.node': {
    input: z.object({}),
    output: z.object({
      checks: z.array(
        z.object({
          name: z.string(),
          state: z.enum(['ok', 'warning', 'failed']),
          message: z.string(),
          /** The command or step that mends it; empty when nothing is wrong. */
          mend: z.string(),
        }),
      ),
    }),
  },
} as const;

export type OperationName = keyof typeof OPERATIONS;
export type OperationInput<N extends OperationName> = z.input<(typeof OPERATIONS)[N]['input']>;
export type OperationOutput<N extends OperationName> = z.output<(typeof OPERATIONS)[N]['output']>;

/** What the composed node hands to the admin socket: one asynchronous function an operation; errors are ChanceryError. */
export type Operations = {
  readonly [N in OperationName]: (
    input: z.output<(typeof OPERATIONS)[N]['input']>,
  ) => Promise<OperationOutput<N>>;
};
