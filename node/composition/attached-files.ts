/** The files of messages, beside the log: those that lie there, those on their way in, and the sweeping of what has no message. */
import type { Logger } from 'pino';
import { IncomingFiles, SealedFiles, Sweep } from '../attachments/index.ts';
import { refuseFile } from '../intake/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { platform } from './platform.ts';
import type { NodeSettings } from './settings.ts';

export interface AttachedFiles {
  readonly files: SealedFiles;
  readonly incoming: IncomingFiles;
  readonly sweep: Sweep;
}

/** Opens the folder, and makes it where there is none. */
export async function openAttachedFiles(
  ledger: Ledger,
  settings: Pick<NodeSettings, 'domain' | 'files' | 'attachmentsLocation'>,
  logger: Logger,
): Promise<AttachedFiles> {
  const { domain, files: rules, attachmentsLocation } = settings;
  const files = await SealedFiles.open(attachmentsLocation);
  const incoming = new IncomingFiles({
    files,
    refuse: (file) => refuseFile(domain, rules, file),
    randomBytes: platform.randomBytes,
    now: () => ledger.log.now,
  });
  return { files, incoming, sweep: new Sweep({ ledger, files, incoming, logger }) };
}
