/**
 * Before the first append after a start: what have the partners cosigned of our log? A node that was set back notices it
 * here, before it forks its log. Bounded in time: a partner that is away is asked with the next checkpoint.
 */
import type { Logger } from 'pino';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { OwnLog } from './own-log.ts';
import { withSession, type OpenWitness } from './session.ts';
import { askFor } from './submitter.ts';

/** Milliseconds for all partners together. */
const START_CHECK_WITHIN_MS = 5_000;

export interface StartCheckOptions {
  readonly domain: string;
  readonly partners: readonly string[];
  readonly open: OpenWitness;
  readonly ownLog: OwnLog;
  readonly suite: CryptoSuite;
  readonly logger: Logger;
}

/** Asks every partner. Never throws; what it finds stops the log. */
export async function checkAtStart(options: StartCheckOptions): Promise<void> {
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
      'partners did not say what they cosigned of the archive; they are asked again with the next checkpoint',
    );
}

/** Whether the partner answered. */
async function asks(
  partner: string,
  { open, domain, suite, ownLog, logger }: StartCheckOptions,
): Promise<boolean> {
  try {
    await withSession(open, partner, (session) => askFor(session, domain, suite, ownLog));
    return true;
  } catch (error) {
    const { code, message } =
      error instanceof ChanceryError ? error : { code: 'internal', message: String(error) };
    logger.info({ partner, code }, `partner not asked: ${message}`);
    return false;
  }
}
