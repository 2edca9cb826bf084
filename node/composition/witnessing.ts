/** The organisation as a witness of its partners' logs, and its own log as partners witness it, put together. */
import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { logOrigin } from '../../protocol/checkpoint/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { MAX_COSIGNED, type CosignedNote } from '../../protocol/wire/index.ts';
import { hasCode, replacePublicFile, syncDirectory } from '../home/index.ts';
import type { Trust } from '../identity/index.ts';
import {
  CheckpointEvidence,
  Cosignatures,
  disownedFact,
  isDisowned,
  Losses,
  type Ledger,
  type Partners,
} from '../ledger/index.ts';
import { OwnLog, OwnTree, PartnerLogs, Witness, WitnessServer, type HaltStore } from '../witness/index.ts';
import { platform } from './platform.ts';
import type { NodeSettings } from './settings.ts';

/** Beside the folder of the archive: why nothing is appended to it, until it is restored. */
const HALT_SUFFIX = '.stopped.json';

export interface Witnessing {
  readonly ownLog: OwnLog;
  readonly cosignatures: Cosignatures;
  readonly evidence: CheckpointEvidence;
  readonly losses: Losses;
  readonly partnerLogs: PartnerLogs;
  readonly tree: OwnTree;
  /** Checkpoints of no more entries than `size` that partners cosigned, newest first, with the proofs on to that size. */
  readonly cosigned: (size: number) => Promise<CosignedNote[]>;
  readonly server: WitnessServer;
  /** Records in the log that it was restored, where it had been stopped. */
  readonly begin: () => Promise<void>;
}

export interface WitnessingOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly partners: Partners;
  readonly trust: Trust;
  readonly ownLog: OwnLog;
  readonly statementSigner: Signer;
  readonly checkpoint: () => Promise<string>;
  readonly ready: Promise<unknown>;
  readonly logger: Logger;
}

/** The log as it stands to what partners hold of it: stopped, where it was before and was not restored since. */
export async function openOwnLog(
  ledger: Ledger,
  { domain, archiveLocation, log: logger }: NodeSettings,
  publicKey: () => Uint8Array,
): Promise<OwnLog> {
  const { suite, clock } = platform;
  const store = haltFile(`${archiveLocation}${HALT_SUFFIX}`);
  const { log } = ledger;
  const losses = await new Losses(ledger).ofOurs();
  return OwnLog.open({
    log,
    losses,
    origin: logOrigin(domain),
    publicKey,
    store,
    isDisowned: (checkpoint) => isDisowned(ledger, checkpoint),
    suite,
    clock,
    logger,
  });
}

export function openWitnessing(options: WitnessingOptions): Witnessing {
  const { domain, ledger, partners, trust, ownLog, statementSigner, checkpoint, ready, logger } = options;
  const { suite, clock } = platform;
  const { log } = ledger;
  const cosignatures = new Cosignatures(ledger);
  const evidence = new CheckpointEvidence(ledger);
  const losses = new Losses(ledger);
  const partnerLogs = new PartnerLogs({ cosignatures, evidence, partners, log: logger });
  const tree = new OwnTree({ log, cosignatures, checkpoint, suite });
  const witness = new Witness({ domain, cosignatures, partnerLogs, signer: statementSigner, suite, clock });
  const server = new WitnessServer({
    witness,
    partnerLogs,
    tree,
    trust,
    ready,
    sha256: suite.sha256,
    log: logger,
  });
  return {
    ownLog,
    cosignatures,
    evidence,
    losses,
    partnerLogs,
    tree,
    server,
    cosigned: (size) => cosignedBefore(size, { log, cosignatures, partnerLogs }),
    async begin() {
      const { restored } = ownLog;
      if (restored === undefined) return;
      const { accepted, ...halt } = restored;
      const { disowned, checkpoint: note, partner } = halt;
      if (accepted !== null) await losses.record(accepted);
      else if (disowned !== null) await ledger.append([disownedFact({ note, partner, ...disowned })]);
      else await ledger.administer('operator', 'archive.restored', JSON.stringify(halt));
      await ownLog.settle();
      const how = accepted === null ? 'contains again what it lacked' : 'goes on without what it lost';
      logger.warn({ code: restored.code }, `the archive ${how}; appending goes on`);
    },
  };
}

async function cosignedBefore(
  size: number,
  { log, cosignatures, partnerLogs }: Pick<Witnessing, 'cosignatures' | 'partnerLogs'> & Pick<Ledger, 'log'>,
): Promise<CosignedNote[]> {
  const cosigned: CosignedNote[] = [];
  for (const record of (await cosignatures.ofOurs()).toSorted((a, b) => b.size - a.size)) {
    const chain = await partnerLogs.chainOf(record.witness, record.partnerKey);
    if (record.size === 0 || record.size > size || chain.length === 0) continue;
    if (cosigned.length === MAX_COSIGNED) break;
    const proof = log.consistencyProof(record.size, size);
    cosigned.push({ domain: record.witness, note: record.note, chain, proof });
  }
  return cosigned;
}

function haltFile(file: string): HaltStore {
  return {
    read: () =>
      readFile(file, 'utf8').catch((cause: unknown) => {
        if (hasCode(cause, 'ENOENT')) return undefined;
        throw cause;
      }),
    write: (text) => replacePublicFile(file, text),
    async clear() {
      await rm(file, { force: true });
      await syncDirectory(dirname(file));
    },
  };
}
