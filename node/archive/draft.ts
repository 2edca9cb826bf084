/** A store with what is to be mended in it not yet written: to see what that would lead to. */
import { byteName } from './byte-name.ts';
import type { Put } from './pairs.ts';
import type { Store } from './store.ts';

/** What mending needs of a store. */
export type MendedStore = Pick<Store, 'getSync' | 'iterate' | 'mend'>;

export interface Draft {
  /** Reads single values through the changes; mending it adds to them. */
  readonly store: MendedStore;
  readonly puts: readonly Put[];
}

export function draftOn(store: MendedStore): Draft {
  const puts: Put[] = [];
  const values = new Map<string, Uint8Array>();
  return {
    puts,
    store: {
      getSync: (key) => values.get(byteName(key)) ?? store.getSync(key),
      iterate: (range) => store.iterate(range),
      mend(added) {
        puts.push(...added);
        for (const { key, value } of added) values.set(byteName(key), value);
        return Promise.resolve();
      },
    },
  };
}
