/** A backup of the running node's log, one step a call: whoever asks goes on until there is no next. */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, basename } from 'node:path';
import { toString } from 'uint8arrays/to-string';
import { epochLines, logOrigin, signCheckpoint } from '../../protocol/checkpoint/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { backUp, BackupFolder, type BackupSource } from '../backup/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import { hasCode } from '../home/index.ts';
import type { KeyCopy } from '../keys/index.ts';
import type { Operations } from './contract.ts';
import { hex, time } from './present.ts';

/** Who acts over the admin socket. */
const ACTOR = 'operator';

export function backupOperations(node: ArchiveNode): Pick<Operations, 'backup'> {
  let last: Promise<unknown> = Promise.resolve();
  const step: Operations['backup'] = async ({ directory, keys, from }) => {
    const { home } = node.settings;
    await refuseInside(directory, home.directory);
    const held = keys ? await home.protectedKeys() : [];
    const damaged = damagedFrom(node);
    if (from === 0) await recordBackup(node, JSON.stringify({ directory, keys }));
    const made = await backUp(sourceOf(node, held), new BackupFolder(directory), from);
    const { next, copied, size, written, lost, checkpoint } = made;
    return {
      next,
      copied,
      size,
      written,
      root: checkpoint === null ? null : hex(checkpoint.root),
      keys: held.map(({ name }) => name),
      lost: lost.map(({ sequence, problem }) => ({ sequence, problem })),
      damaged: damaged ?? null,
    };
  };
  return {
    // one at a time: two would take each other's drafts away
    backup: (input) => {
      const made = last.then(() => step(input));
      last = made.catch(() => undefined);
      return made;
    },
  };
}

/**
 * Where the first damage is of a log that is closed for appending for it: what comes before is proven, and is all that a
 * copy can hold, since a tree has no gaps. Throws `archive.damaged` where that is nothing.
 */
function damagedFrom({ organisation: { log } }: Pick<ArchiveNode, 'organisation'>): number | undefined {
  const { stopped, findings } = log;
  const [first] = findings;
  if (stopped?.code !== 'archive.damaged' || first === undefined) return undefined;
  if (first.sequence === 0) throw ChanceryError.from(stopped);
  return first.sequence;
}

/** A backup is an entry of the log; of a log that takes none, it is in the node's own log alone. */
async function recordBackup(node: ArchiveNode, detail: string): Promise<void> {
  const { ledger } = node.organisation;
  if (damagedFrom(node) === undefined) return ledger.administer(ACTOR, 'backup', detail);
  node.settings.log.warn(
    { alarm: true, code: 'archive.damaged', detail },
    'a backup that the archive cannot record',
  );
}

function sourceOf({ organisation, settings }: ArchiveNode, keys: readonly KeyCopy[]): BackupSource {
  const { domain, log, ledger, messages, files, checkpoint, statementSigner, standing, witnessing } =
    organisation;
  const { sha256 } = platform.suite;
  const end = damagedFrom({ organisation });
  const base64 = (bytes: Uint8Array): string => toString(bytes, 'base64pad');
  return {
    log,
    attachments: {
      from: (sequence) => messages.files(sequence),
      files,
      isDisposed: (sequence) => ledger.isDisposed(sequence),
    },
    size: () => end ?? log.size,
    checkpoint:
      end === undefined
        ? checkpoint
        : () => {
            const head = { origin: logOrigin(domain), size: end, root: log.rootAt(end) };
            return signCheckpoint({ ...head, extensions: epochLines(ledger.epoch) }, statementSigner, sha256);
          },
    cosigned: async () =>
      (await witnessing.cosignatures.ofOurs()).map(({ witness, note, partnerKey }) => ({
        domain: witness,
        note,
        key: partnerKey,
      })),
    beside: async () => ({
      domain,
      time: time(platform.clock()),
      version: settings.version,
      config: await settings.home.config(),
      certificates: {
        root: base64(standing.record.root),
        issuer: base64(standing.record.issuer),
        statement: base64(standing.record.statement),
        node: base64(settings.certificates.node),
      },
      keys: keys.map(({ name, text }) => ({ name, text })),
    }),
    signer: statementSigner,
    sha256,
  };
}

/** A backup inside the home is lost with it, and a home inside a backup would be copied into itself. */
async function refuseInside(directory: string, home: string): Promise<void> {
  if (!isAbsolute(directory))
    throw new ChanceryError('request.invalid', `${directory} is no absolute path; name the whole of it`);
  const [to, from] = [await resolved(directory), await resolved(home)];
  const inside = relative(from, to);
  if (inside !== '' && (inside.startsWith('..') || isAbsolute(inside))) return;
  throw new ChanceryError(
    'request.invalid',
    `${directory} lies inside the home, and would be lost with it; name a folder on another disk`,
    { facts: { directory, home } },
  );
}

/** The real path of what may not exist yet. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error;
    return join(await resolved(dirname(path)), basename(path));
  }
}
