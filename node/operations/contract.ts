/**
 * What an operator can ask a running node: each operation's name, input and output, in one table.
 * The admin socket serves exactly this table, the command line calls it, and both check against it.
 * Times are ISO 8601 strings in UTC; ids and hashes are lower-case hex; domains and addresses canonical.
 */
import { z } from 'zod';
import { ARCHIVE_OPERATIONS } from './archive-contract.ts';
import { AUDIT_OPERATIONS, absence } from './audit-contract.ts';
import { BACKUP_OPERATIONS } from './backup-contract.ts';
import { CASE_OPERATIONS } from './case-contract.ts';
import { IDENTITY_OPERATIONS } from './identity-contract.ts';
import { MEMBER_OPERATIONS } from './member-contract.ts';
import { PARTNER_OPERATIONS } from './partner-contract.ts';
import { GAP_OPERATIONS } from './gap-contract.ts';
import { SEARCH_OPERATIONS } from './search-contract.ts';
import { POLICY_OPERATIONS } from './policy-contract.ts';
import { PRESERVATION_OPERATIONS } from './preservation-contract.ts';
import { REVIEW_OPERATIONS } from './review-contract.ts';
import { RETENTION_OPERATIONS } from './retention-contract.ts';
import { time } from './identity-shapes.ts';
import { alarm, partner, reason } from './contract-shapes.ts';

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
  ...IDENTITY_OPERATIONS,
  ...MEMBER_OPERATIONS,
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
  ...PARTNER_OPERATIONS,
  ...ARCHIVE_OPERATIONS,
  ...SEARCH_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...BACKUP_OPERATIONS,
  ...RETENTION_OPERATIONS,
  ...PRESERVATION_OPERATIONS,
  ...CASE_OPERATIONS,
  ...POLICY_OPERATIONS,
  ...REVIEW_OPERATIONS,
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
