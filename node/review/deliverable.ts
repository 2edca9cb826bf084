/** Whether a message that was held can still be delivered: it is there, and the node may read it. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Ledger, Messages } from '../ledger/index.ts';

const GONE: ReadonlySet<string> = new Set(['archive.disposed', 'archive.sealed', 'archive.damaged']);

/** Why not; undefined where it can, and for one that is just being archived. */
export function undeliverable(
  ledger: Ledger,
  messages: Pick<Messages, 'position'>,
  id: Uint8Array,
): ChanceryError | undefined {
  const position = messages.position(id);
  if (position === undefined || position >= ledger.log.size) return undefined;
  try {
    ledger.message(position);
    return undefined;
  } catch (error) {
    if (error instanceof ChanceryError && GONE.has(error.code)) return error;
    throw error;
  }
}
