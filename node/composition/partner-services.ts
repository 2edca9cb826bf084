/** What partners' nodes meet at this organisation, and are asked by it: terms, directories, messages, requests for preservation, reports. */
import type { Logger } from 'pino';
import type { Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { FrameChannel } from '../../protocol/wire/index.ts';
import type { IncomingFiles, SealedFiles } from '../attachments/index.ts';
import {
  Directory,
  HeldFiles,
  HeldMessages,
  PartnerDirectories,
  PartnerTerms,
  Receiver,
} from '../federation/index.ts';
import type { Standing, Trust } from '../identity/index.ts';
import type { Intake } from '../intake/index.ts';
import {
  Exchanges,
  type Ledger,
  type Members,
  type Messages,
  type Partners,
  type Reports,
  type Signers,
  type Turn,
} from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import { Inbox, Outbox } from '../letters/index.ts';
import { openPreserving, type Preserving } from '../preservation/index.ts';
import { Received, Sent } from '../reports/index.ts';
import type { Holding } from '../retention/index.ts';
import { platform } from './platform.ts';
import type { Witnessing } from './witnessing.ts';

export interface PartnerServices {
  readonly directories: PartnerDirectories;
  readonly receiver: Receiver;
  readonly preserving: Preserving;
  /** Tells partners what they are told by signed statements. */
  readonly letters: Outbox;
  /** Our signed agreement with a partner; throws `agreement.missing`. */
  readonly agreement: (partner: string) => Uint8Array;
  /** What partners sign with us. */
  readonly terms: PartnerTerms;
}

export interface PartnerServicesOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly partners: Partners;
  readonly messages: Messages;
  readonly signers: Signers;
  readonly standing: Standing;
  readonly trust: Trust;
  readonly intake: Intake;
  readonly files: SealedFiles;
  readonly incoming: IncomingFiles;
  readonly holding: Holding;
  readonly partnerLogs: Witnessing['partnerLogs'];
  readonly statementSigner: Signer;
  readonly checkpoint: () => Promise<string>;
  /** A federation stream to one of a partner's nodes. */
  readonly open: (partner: string) => Promise<{ channel: FrameChannel; peer: Peer }>;
  readonly reports: Reports;
  readonly turn: Turn;
  readonly logger: Logger;
}

export function openPartnerServices(options: PartnerServicesOptions): PartnerServices {
  const { ledger, members, partners, messages, signers, standing, files, open, logger: log } = options;
  const { domain } = ledger;
  const { clock, suite } = platform;
  const rootIds = (): readonly string[] => standing.rootIds;
  const terms = new PartnerTerms({ domain, rootIds, partners, suite, clock });
  const checkAgreement = (statement: Uint8Array, peer: Peer): Promise<void> => terms.take(statement, peer);
  const agreement = (partner: string): Uint8Array => {
    const record = partners.agreement(partner);
    if (record === undefined)
      throw new ChanceryError('agreement.missing', `${domain} has no agreement with ${partner}`);
    return record.statement;
  };
  const directories = new PartnerDirectories({ open, agreement, checkAgreement, clock, log });
  const { sha256 } = suite;
  const preserving = openPreserving({ ...options, domain, sha256 });
  const exchanges = new Exchanges(ledger);
  const inbox = new Inbox({
    ...{ ...options, domain, suite },
    takers: { preservation: preserving.received, report: new Received({ ...options, exchanges }) },
  });
  const letters = new Outbox({
    ...{ ...options, domain, suite, agreement, checkAgreement, clock, log },
    matters: [preserving.sent, new Sent(options)],
  });
  const receiver = new Receiver({
    ...options,
    ...{ domain, suite, agreement, checkAgreement, clock, log },
    directory: new Directory(members, partners),
    note: (frame, peer) => inbox.take(frame, peer),
    heldFiles: new HeldFiles({ ledger, messages, files, suite }),
    held: new HeldMessages({ ledger, exchanges, signers }),
  });
  return { directories, receiver, preserving, letters, agreement, terms };
}
