/** The organisation's archive as its replicas follow it, put together. */
import type { Logger } from 'pino';
import { logOrigin } from '../../protocol/checkpoint/index.ts';
import type { SealedFiles } from '../attachments/index.ts';
import type { Authority, SigningKeys } from '../identity/index.ts';
import type { KeyStore } from '../keys/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { Primary, type Copies, type LeadershipOptions } from '../replication/index.ts';
import { ARCHIVE_KEY, windowKeyName, type WindowKeys } from '../sealing/index.ts';
import { platform } from './platform.ts';

export interface ReplicatingOptions {
  readonly ledger: Ledger;
  readonly files: SealedFiles;
  readonly authority: Authority;
  readonly signing: SigningKeys;
  readonly keys: KeyStore;
  readonly windows: WindowKeys;
  readonly copies: Copies;
  readonly mayRefill: () => boolean;
  readonly onLeader: LeadershipOptions['onLeader'];
  readonly logger: Logger;
}

export function openPrimary(options: ReplicatingOptions): Primary {
  const { ledger, files, authority, signing, keys, windows, copies, mayRefill, onLeader, logger } = options;
  const { suite, clock } = platform;
  const origin = logOrigin(ledger.domain);
  return new Primary({
    ledger,
    log: ledger.log,
    files,
    mayRefill,
    origin,
    sha256: suite.sha256,
    copies,
    roster: () => authority.roster,
    epoch: () => ledger.epoch,
    signer: () => signing.statement,
    keys,
    keyNames: async () => [ARCHIVE_KEY, ...windows.months.map(windowKeyName), ...(await signing.names())],
    leadership: { ledger, origin, suite, onLeader },
    clock,
    logger,
  });
}
