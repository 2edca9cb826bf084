/**
 * Before the first append after a start: what have the partners cosigned of our log? A node that was set back notices it
 * here, before it forks its log. Bounded in time: a partner that is away is asked once it is back.
 */
import type { Logger } from 'pino';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ArchiveLog } from '../archive/index.ts';
import type { OwnLog } from './own-log.ts';
import { withSession, type OpenWitness } from './session.ts';
import { askWhatIsKnown, submitCheckpoint } from './submission.ts';

/** Milliseconds for all partners together. */
const START_CHECK_WITHIN_MS = 5_000;

export interface StartCheckOptions {
  readonly domain: string;
  readonly partners: readonly string[];
  readonly open: OpenWitness;
  readonly ownLog: OwnLog;
  readonly log: ArchiveLog;
  /** The signed checkpoint of the log as it is, stopped or not. */
  readonly checkpoint: () => Promise<string>;
  readonly suite: CryptoSuite;
  readonly logger: Logger;
}

/** Asks every partner; returns who did not answer. Never throws; what it finds stops the log. */
export async function checkAtStart(options: StartCheckOptions): Promise<ReadonlySet<string>> {
  const { partners, logger } = options;
  const missing = new Set(partners);
  const asked = partners.map(async (partner) => {
    if (await asks(partner, options)) missing.delete(partner);
  });
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, START_CHECK_WITHIN_MS, undefined);
  await Promise.race([promise, Promise.all(asked)]);
  clearTimeout(timer);
  if (missing.size > 0)
    logger.warn(
      { partners: [...missing] },
      'partners did not say what they know of the archive; they are asked once they are back',
    );
  return new Set(missing);
}

/** Whether the partner answered. What stopped our log is shown to the partner, so that both have the evidence. */
async function asks(
  partner: string,
  { open, domain, suite, ownLog, log, checkpoint, logger }: StartCheckOptions,
): Promise<boolean> {
  try {
    await withSession(open, partner, async (session) => {
      const verdict = await askWhatIsKnown(session, domain, suite, ownLog);
      if (verdict === 'archive.rolled-back' || verdict === 'archive.forked')
        await submitCheckpoint(session, log, await checkpoint(), 0);
    });
    return true;
  } catch (error) {
    const { code, message } =
      error instanceof ChanceryError ? error : { code: 'internal', message: String(error) };
    logger.info({ partner, code }, `partner not asked: ${message}`);
    return false;
  }
}
