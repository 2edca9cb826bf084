/** A backup of the running node's log, one step a call: whoever asks goes on until there is no next. */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, basename } from 'node:path';
import { toString } from 'uint8arrays/to-string';
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
  const { ledger } = node.organisation;
  let last: Promise<unknown> = Promise.resolve();
  const step: Operations['backup'] = async ({ directory, keys, from }) => {
    const { home } = node.settings;
    await refuseInside(directory, home.directory);
    const held = keys ? await home.protectedKeys() : [];
    if (from === 0) await ledger.administer(ACTOR, 'backup', JSON.stringify({ directory, keys }));
    const made = await backUp(sourceOf(node, held), new BackupFolder(directory), from);
    const { next, copied, size, written, checkpoint } = made;
    return {
      next,
      copied,
      size,
      written,
      root: checkpoint === null ? null : hex(checkpoint.root),
      keys: held.map(({ name }) => name),
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

function sourceOf({ organisation, settings }: ArchiveNode, keys: readonly KeyCopy[]): BackupSource {
  const { domain, log, checkpoint, statementSigner, standing, witnessing } = organisation;
  const base64 = (bytes: Uint8Array): string => toString(bytes, 'base64pad');
  return {
    log,
    checkpoint,
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
    sha256: platform.suite.sha256,
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
