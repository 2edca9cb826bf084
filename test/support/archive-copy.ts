/** An archive as it was, put back later: what an older snapshot of the whole disk does, the mark beside the log included. */
import { cp, rm } from 'node:fs/promises';
import type { TestNode } from './test-node.ts';

/** Copies the archive of a node that is stopped; returns where to. */
export async function copyArchive({ settings }: TestNode, name: string): Promise<string> {
  const copy = `${settings.archiveLocation}.${name}`;
  await cp(settings.archiveLocation, copy, { recursive: true });
  await cp(`${settings.archiveLocation}.mark`, `${copy}.mark`);
  return copy;
}

/** Puts a copy in the place of the archive of a node that is stopped. */
export async function putBackArchive({ settings }: TestNode, copy: string): Promise<void> {
  await rm(settings.archiveLocation, { recursive: true });
  await cp(copy, settings.archiveLocation, { recursive: true });
  await cp(`${copy}.mark`, `${settings.archiveLocation}.mark`);
}
