/** The device's store on LevelDB; in a browser the same package keeps it in IndexedDB. */
import { Level } from 'level';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Store, StoreOp } from '../platform.ts';

/** Opens or creates the store at a location. Throws `limit.exceeded` when another process has it open, else `config.invalid`. */
export async function openLevelStore(location: string): Promise<Store> {
  const db = new Level<string, Uint8Array>(location, { keyEncoding: 'utf8', valueEncoding: 'view' });
  try {
    await db.open();
  } catch (cause) {
    throw openingError(location, cause);
  }
  return {
    get: (key) => db.get(key),
    batch: (ops, { durable }) => db.batch(ops as StoreOp[], { sync: durable }),
    entries: (range) => db.iterator({ ...range }),
    close: () => db.close(),
  };
}

function openingError(location: string, error: unknown): ChanceryError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const locked = (cause as { readonly code?: unknown }).code === 'LEVEL_LOCKED';
  return locked
    ? new ChanceryError(
        'limit.exceeded',
        `another chancery-chat uses ${location}; close it, or use another home`,
        { cause },
      )
    : new ChanceryError(
        'config.invalid',
        `the store at ${location} cannot be opened; check permissions and space`,
        {
          cause,
        },
      );
}
