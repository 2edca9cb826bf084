/** What the log's entries about reports of phishing say. */
import { z } from 'zod';
import { bytes, count, hash32 } from '../../protocol/encoding/index.ts';
import { MAX_REPORT_BYTES, MAX_REPORT_REASON_LENGTH, VERDICTS } from '../../protocol/statement/index.ts';

/** Bytes of a statement with its signature. */
const MAX_STATEMENT_BYTES = MAX_REPORT_BYTES + 80;

/** Hosts of links by which other messages go with one that was reported. */
export const MAX_REPORTED_HOSTS = 32;

/** Members who left a conversation and are told of one of its messages: a conversation has 150 at a time. */
export const MAX_LEFT = 1_024;

const address = z.string().max(320);

/** Where the message is in our archive, and who wrote it. */
const about = { conversation: hash32, position: count, sender: address } as const;

/** The certificates that verify what a partner signed. */
const chain = z.array(bytes(2_048)).max(3);

export const reportShape = z.strictObject({
  v: z.literal(1),
  message: hash32,
  /** The member who reports, the officer who decided, or the domain of the partner that does or was told. */
  actor: address,
  reason: z.string().max(MAX_REPORT_REASON_LENGTH),
  act: z.discriminatedUnion('what', [
    /** One of our members reports a message. */
    z.strictObject({
      what: z.literal('made'),
      ...about,
      /** The peer id of the member's device. */
      device: z.string(),
      /** The partner whose message it is, which is told; null for one of our own. */
      partner: z.string().nullable(),
      /** What we signed for the partner; empty where there is none. */
      statement: bytes(MAX_STATEMENT_BYTES),
      /** By what other messages go with it: the key of the device that signed it, hosts of its links, the hash of its file. */
      key: hash32,
      hosts: z.array(z.string().max(253)).max(MAX_REPORTED_HOSTS),
      file: hash32.nullable(),
      /** Members of ours who were shown it, and have left its conversation since. */
      left: z.array(address).max(MAX_LEFT).optional(),
    }),
    /** What our officers decided of a report, as the partner whose message it is is told: what we signed. */
    z.strictObject({
      what: z.literal('verdict'),
      report: count,
      partner: z.string(),
      outcome: z.enum(VERDICTS),
      statement: bytes(MAX_STATEMENT_BYTES),
    }),
    /** The partner was told of a report, or of what was decided of one, by its entry: its signed notice. */
    z.strictObject({ what: z.literal('told'), report: count, statement: bytes(MAX_STATEMENT_BYTES), chain }),
    /** A partner reports a message of one of our members: what it signed. */
    z.strictObject({ what: z.literal('received'), ...about, statement: bytes(MAX_STATEMENT_BYTES), chain }),
    /** What its officers decided of such a report: what it signed. */
    z.strictObject({
      what: z.literal('learned'),
      ...about,
      report: count,
      outcome: z.enum(VERDICTS),
      statement: bytes(MAX_STATEMENT_BYTES),
      chain,
    }),
  ]),
});
