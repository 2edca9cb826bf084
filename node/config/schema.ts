/**
 * What a node's configuration says, as one schema: the parser, the types and the editors' JSON Schema come from it.
 * Unknown keys are refused, and every field says in its `description` what it is for.
 */
import { z } from 'zod';
import { devicesSchema } from './devices.ts';
import { inspectionSchema } from './inspection.ts';
import { metricsSchema } from './metrics.ts';
import { oversightSchema } from './oversight.ts';
import { recordingSchema } from './recording.ts';
import { retentionSchema } from './retention.ts';
import {
  addressField,
  anchorField,
  domainField,
  listenField,
  mediaTypeField,
  nodeAddressField,
  serverField,
} from './fields.ts';
import {
  ARCHIVE_COPIES,
  ATTACHMENT_BYTES,
  DELIVERY_DAYS,
  MAX_LIST,
  MAX_PARTNERS,
  MAX_TYPES,
  MESSAGE_BYTES,
  ROSTER_GRACE_HOURS,
  ROSTER_VALID_HOURS,
  VERIFY_SECONDS,
  whole,
} from './limits.ts';

const ROLES = ['gateway', 'archive'] as const;
const LEVELS = ['dnssec', 'pinned', 'dns'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const DEFAULT_LISTEN = ['/ip4/0.0.0.0/tcp/4710'];

const dns = z.strictObject({
  servers: z
    .array(serverField)
    .max(MAX_LIST)
    .default([])
    .describe('Name servers to ask, in this order, as address or address:port. Empty: those of the system.'),
  anchors: z
    .array(anchorField)
    .max(MAX_LIST)
    .default([])
    .describe('DNSSEC trust anchors as DS records of the root. Empty: those that IANA publishes.'),
  requireLevel: z
    .enum(LEVELS)
    .default('dnssec')
    .meta({ examples: ['dnssec'] })
    .describe('The least level at which a partner is accepted: dnssec, then pinned, then dns.'),
});

const partner = z.strictObject({
  addresses: z
    .array(addressField)
    .min(1)
    .max(MAX_LIST)
    .meta({ examples: [['/dns4/chancery.partner.example/tcp/4710']] })
    .describe('Where the partner’s node answers, when neither its roster nor the DHT can tell.'),
});

const dht = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .meta({ examples: [true] })
    .describe('Find partners’ addresses in the private DHT.'),
  bootstrap: z.array(nodeAddressField).max(MAX_LIST).default([]).describe('Nodes to join the DHT through.'),
});

const archive = z.strictObject({
  copies: whole(ARCHIVE_COPIES).describe(
    'How many archive nodes must hold an entry before it counts as archived.',
  ),
  deliveryDays: whole(DELIVERY_DAYS).describe(
    'Days after the end of its month for which a message can be delivered. Older ones open only on the device of a compliance officer.',
  ),
  verifySeconds: whole(VERIFY_SECONDS).describe(
    'Seconds in which the whole archive is verified, again and again; longer where the disk needs longer.',
  ),
});

const enrolment = z.strictObject({
  approval: z
    .enum(['none', 'operator'])
    .default('none')
    .meta({ examples: ['operator'] })
    .describe('Whether a code is enough to enrol a device, or an operator approves each: none or operator.'),
});

const limits = z.strictObject({
  messageBytes: whole(MESSAGE_BYTES).describe('Bytes of the largest message this organisation accepts.'),
  attachmentBytes: whole(ATTACHMENT_BYTES).describe(
    'Bytes of the largest file a message may bring along, whoever sends it.',
  ),
  attachmentTypes: z
    .array(mediaTypeField)
    .max(MAX_TYPES)
    .default(['*/*'])
    .describe(
      'Media types of files that are accepted, as their sender names them; image/* is all images, */* everything. Empty: no files.',
    ),
});

const roster = z.strictObject({
  validHours: whole(ROSTER_VALID_HOURS).describe('Hours a roster holds before the next is due.'),
  graceHours: whole(ROSTER_GRACE_HOURS).describe(
    'Hours an overdue roster, or a proof that cannot be renewed, is still believed.',
  ),
});

const keys = z.strictObject({
  protected: z
    .boolean()
    .default(false)
    .meta({ examples: [true] })
    .describe('Whether every private key is to be under a passphrase: the doctor warns of one that is not.'),
});

const log = z.strictObject({
  level: z
    .enum(LOG_LEVELS)
    .default('info')
    .meta({ examples: ['info'] })
    .describe('The least level that is logged.'),
  format: z
    .enum(['json', 'pretty'])
    .default('json')
    .meta({ examples: ['json'] })
    .describe('One JSON object a line, or lines for people.'),
});

export const configSchema = z
  .strictObject({
    version: z
      .literal(1)
      .meta({ examples: [1] })
      .describe('The form of this file.'),
    domain: domainField
      .meta({ examples: ['acme.example'] })
      .describe('The domain of the organisation, in lower case.'),
    roles: z
      .array(z.enum(ROLES))
      .min(1)
      .max(ROLES.length)
      .refine((roles) => new Set(roles).size === roles.length, 'names a role twice')
      .meta({ examples: [['gateway', 'archive']] })
      .default([...ROLES])
      .describe('What this node does: meet the outside, keep the archive, or both.'),
    listen: z
      .array(listenField)
      .min(1)
      .max(MAX_LIST)
      .meta({ examples: [DEFAULT_LISTEN] })
      .default(DEFAULT_LISTEN)
      .describe('Multiaddrs to listen on.'),
    announce: z
      .array(addressField)
      .max(MAX_LIST)
      .default([])
      .describe('Multiaddrs that others reach this node at, where they differ from those it listens on.'),
    archiveNode: nodeAddressField
      .optional()
      .describe('For a gateway alone: the archive node of this organisation, with its peer id.'),
    dns: dns.prefault({}).describe('How domains are looked up and proven.'),
    partners: z
      .record(domainField, partner)
      .refine((partners) => Object.keys(partners).length <= MAX_PARTNERS, 'names too many partners')
      .default({})
      .describe('What is known of partners beforehand. Agreements are made with chancery partner add.'),
    dht: dht.prefault({}).describe('The private DHT of federated nodes.'),
    devices: devicesSchema.prefault({}).describe('What this organisation asks of devices.'),
    enrolment: enrolment.prefault({}).describe('How members’ devices are enrolled.'),
    archive: archive.prefault({}).describe('How the archive is kept.'),
    retention: retentionSchema.prefault({}).describe('How long messages are kept, and when they go.'),
    oversight: oversightSchema.prefault({}).describe('What officers do together, and sign themselves.'),
    inspection: inspectionSchema.prefault({}).describe('How files are looked into.'),
    recording: recordingSchema.prefault({}).describe('What members are told of being recorded.'),
    limits: limits.prefault({}).describe('What this organisation accepts.'),
    roster: roster.prefault({}).describe('How long the organisation’s signed statements hold.'),
    keys: keys.prefault({}).describe('How private keys are kept.'),
    metrics: metricsSchema.prefault({}).describe('How the node is watched.'),
    log: log.prefault({}).describe('What is logged, to standard error.'),
  })
  .superRefine(({ roles, archiveNode }, context) => {
    const gatewayAlone = !roles.includes('archive');
    if (gatewayAlone && archiveNode === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['archiveNode'],
        message: 'is missing: a gateway without the archive role needs it',
      });
    }
    if (!gatewayAlone && archiveNode !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['archiveNode'],
        message: 'has no place here: this node keeps the archive itself',
      });
    }
  })
  .meta({ title: 'Chancery node configuration' });

/** A checked configuration, with every default filled in. */
export type Config = Readonly<z.output<typeof configSchema>>;
