/** What a client is opened with, and what it keeps in its store. */
import { Composer } from './composer.ts';
import { FeedLog } from './feed/index.ts';
import { Outbox } from './outbox/index.ts';
import type { Platform, Store } from './platform.ts';
import type { Profile } from './profile.ts';
import { Journal } from './store/index.ts';
import type { Erasure } from './wipe.ts';

export interface ClientOptions extends Platform {
  readonly profile: Profile;
  readonly saveProfile: (profile: Profile) => Promise<void>;
  readonly store: Store;
  readonly erasure: Erasure;
  /** Where the device's key has a passphrase: throws when it is another one. Without it, the node is asked. */
  readonly checkPassphrase?: (passphrase: string) => Promise<void>;
  /** Whether what is written outlives a power failure (the default), or only the end of the process. */
  readonly durable?: boolean;
}

export interface ClientParts {
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly log: FeedLog;
  readonly composer: Composer;
}

/** Throws `config.invalid`. */
export async function openParts(options: ClientOptions): Promise<ClientParts> {
  const { store, context } = options;
  const journal = new Journal(store);
  const outbox = await Outbox.open(store, journal, context.suite);
  const log = await FeedLog.open(store, journal);
  const composer = await Composer.open(options, journal);
  return { journal, outbox, log, composer };
}
