/** A store with changes on top that are not yet written: to see what they would lead to. */
import type { Op, Store } from './store.ts';

export interface Draft {
  /** Reads single values through the changes; a batch on it adds to them. */
  readonly store: Store;
  readonly ops: readonly Op[];
}

export function draftOn(store: Store): Draft {
  const ops: Op[] = [];
  const values = new Map<string, Uint8Array | undefined>();
  return {
    ops,
    store: {
      ...store,
      getSync: (key) => (values.has(name(key)) ? values.get(name(key)) : store.getSync(key)),
      batch(added) {
        ops.push(...added);
        for (const op of added) values.set(name(op.key), op.type === 'put' ? op.value : undefined);
        return Promise.resolve();
      },
    },
  };
}

function name(key: Uint8Array): string {
  return Buffer.from(key).toString('latin1');
}
