/** The inside of a worker thread that inspects files: without the means to fetch anything. */
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { valueOf } from '../../protocol/errors/index.ts';
import type { FoundInFile, Policy, PolicyDocument } from '../../protocol/policy/index.ts';
import type { Declared, Inspection } from './inspection.ts';
import { notInspected } from './inspection.ts';

export interface Task {
  readonly bytes: Uint8Array;
  readonly declared: Declared;
  /** Of policies whose findings in the texts are asked for. */
  readonly documents: readonly PolicyDocument[];
}

export interface Answer extends Omit<Inspection, 'found'> {
  /** What each policy looks for, in their order. */
  readonly found: readonly FoundInFile[];
}

/** Policies that stay compiled: the one in force, and one that is tried beside it. */
const MAX_POLICIES = 2;

// before any reader is loaded: none is to have them even where it wants to
for (const name of ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'])
  Reflect.deleteProperty(globalThis, name);
const { inspectFile } = await import('./inspect-file.ts');
const { compilePolicy } = await import('../../protocol/policy/index.ts');

const policies = new Map<string, Policy>();

parentPort?.on('message', (task: Task) => {
  inspected(task).then(answer, () => answer({ ...notInspected('crashed'), found: [] }));
});

async function inspected({ bytes, declared, documents }: Task): Promise<Answer> {
  const inspection = await inspectFile(bytes, declared);
  const found = documents.map((document) => policyOf(document).lookInto(inspection.texts));
  return { ...inspection, found };
}

function policyOf(document: PolicyDocument): Policy {
  const key = JSON.stringify(document);
  const policy = policies.get(key) ?? valueOf(compilePolicy(document, sha256));
  policies.delete(key);
  policies.set(key, policy);
  const [oldest] = policies.keys();
  if (policies.size > MAX_POLICIES && oldest !== undefined) policies.delete(oldest);
  return policy;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function answer(found: Answer): void {
  parentPort?.postMessage(found);
}
