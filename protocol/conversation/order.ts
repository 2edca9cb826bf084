/**
 * The one order in which every client shows a conversation: causal by parents, then origin time, then id.
 * Pure and total: the same set of messages gives the same order on both sides, whatever order they came in.
 */
import { compare } from 'uint8arrays/compare';
import { toString } from 'uint8arrays/to-string';
import type { DecodedMessage } from '../message/index.ts';

type Ordered = Pick<DecodedMessage, 'id' | 'parents' | 'time'>;

/** Sorts messages (each id once). A parent that is not among them constrains nothing. */
export function inOrder<T extends Ordered>(messages: readonly T[]): T[] {
  const byId = new Map(messages.map((message) => [toString(message.id, 'hex'), message]));
  const waitingFor = new Map<string, number>();
  const children = new Map<string, T[]>();
  for (const [id, message] of byId) {
    const known = message.parents
      .map((parent) => toString(parent, 'hex'))
      .filter((parent) => byId.has(parent));
    waitingFor.set(id, known.length);
    for (const parent of known) children.set(parent, [...(children.get(parent) ?? []), message]);
  }
  const ready = new Heap<T>();
  for (const [id, message] of byId) if (waitingFor.get(id) === 0) ready.push(message);
  const ordered: T[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ordered.push(next);
    for (const child of children.get(toString(next.id, 'hex')) ?? []) {
      const id = toString(child.id, 'hex');
      const left = (waitingFor.get(id) ?? 0) - 1;
      waitingFor.set(id, left);
      if (left === 0) ready.push(child);
    }
  }
  return ordered;
}

function before(a: Ordered, b: Ordered): boolean {
  return a.time !== b.time ? a.time < b.time : compare(a.id, b.id) < 0;
}

/** A binary heap over {@link before}: the earliest ready message first, in O(log n). */
class Heap<T extends Ordered> {
  readonly #items: T[] = [];

  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] as T;
      if (!before(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1] as T, items[child] as T)) child += 1;
      if (!before(items[child] as T, last)) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = last;
    return first;
  }
}
