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
  const byId = new Map(messages.map((message) => [toString(message.id, 'hex'), new Place(message)]));
  for (const place of byId.values()) {
    for (const parent of place.message.parents) {
      const above = byId.get(toString(parent, 'hex'));
      if (above === undefined) continue;
      above.children.push(place);
      place.waitingFor += 1;
    }
  }
  const ready = new Heap<T>();
  for (const place of byId.values()) if (place.waitingFor === 0) ready.push(place);
  const ordered: T[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ordered.push(next.message);
    for (const child of next.children) {
      child.waitingFor -= 1;
      if (child.waitingFor === 0) ready.push(child);
    }
  }
  return ordered;
}

/** A message on its way to its place: after the parents that it still waits for. */
class Place<T extends Ordered> {
  readonly message: T;
  readonly children: Place<T>[] = [];
  waitingFor = 0;

  constructor(message: T) {
    this.message = message;
  }
}

function before({ message: a }: Place<Ordered>, { message: b }: Place<Ordered>): boolean {
  return a.time !== b.time ? a.time < b.time : compare(a.id, b.id) < 0;
}

/** A binary heap over {@link before}: the earliest ready message first, in O(log n). */
class Heap<T extends Ordered> {
  readonly #items: Place<T>[] = [];

  push(item: Place<T>): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] as Place<T>;
      if (!before(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): Place<T> | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1] as Place<T>, items[child] as Place<T>))
        child += 1;
      if (!before(items[child] as Place<T>, last)) break;
      items[at] = items[child] as Place<T>;
      at = child;
    }
    items[at] = last;
    return first;
  }
}
