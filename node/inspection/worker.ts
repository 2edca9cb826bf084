/** The inside of a worker thread that inspects files: without the means to fetch anything. */
import { parentPort } from 'node:worker_threads';
import type { Declared, Inspection } from './inspection.ts';
import { notInspected } from './inspection.ts';

export interface Task {
  readonly bytes: Uint8Array;
  readonly declared: Declared;
}

// before any reader is loaded: none is to have them even where it wants to
for (const name of ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'])
  Reflect.deleteProperty(globalThis, name);
const { inspectFile } = await import('./inspect-file.ts');

parentPort?.on('message', ({ bytes, declared }: Task) => {
  inspectFile(bytes, declared).then(answer, () => answer(notInspected('crashed')));
});

function answer(inspection: Inspection): void {
  parentPort?.postMessage(inspection);
}
