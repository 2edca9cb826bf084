/**
 * One node a home. The lock is a Unix socket that its holder listens on and answers with its process id: the system
 * itself ends it with the process, however that ends, and no other process can be taken for the holder.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { link, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { HomeLayout } from './layout.ts';
import { hasCode, modeIfOpenToOthers } from './private-file.ts';
import { withSocketPath } from './socket-path.ts';

/** Milliseconds a holder has to say its process id; a busy one that does not is a holder all the same. */
const ANSWER_WITHIN_MS = 1_000;

/** Times a lock left behind is moved away before giving up: each loss means that another process got there first. */
const ATTEMPTS = 3;

export interface HomeLock {
  release(): Promise<void>;
}

/**
 * Takes the home's lock. Throws `node.running`, naming the process that holds it, or `key.permissions` if others may
 * enter the home: its sockets are as private as their folder.
 */
export async function lockHome(home: HomeLayout): Promise<HomeLock> {
  const mode = await modeIfOpenToOthers(home.directory);
  if (mode !== undefined) {
    throw new ChanceryError(
      'key.permissions',
      `${home.directory} is open to other users; run chmod 700 ${home.directory}`,
      { facts: { file: home.directory, mode } },
    );
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const server = await listen(home.lock);
    if (server !== undefined) return { release: () => release(server, home.lock) };
    const holder = await removeIfStale(home.lock);
    if (holder !== undefined) throw running(home, holder);
  }
  throw running(home, { pid: undefined });
}

/** The process that holds the home's lock; `undefined` when none does. Its id is unknown if it did not answer in time. */
export async function lockHolder(
  home: HomeLayout,
): Promise<{ readonly pid: number | undefined } | undefined> {
  return ask(home.lock);
}

function running(home: HomeLayout, { pid }: { readonly pid: number | undefined }): ChanceryError {
  const which = pid === undefined ? 'another process' : `process ${pid}`;
  return new ChanceryError(
    'node.running',
    `a node already runs for ${home.directory} (${which}); see chancery status, or stop it first`,
    { facts: { home: home.directory, ...(pid === undefined ? {} : { pid }) } },
  );
}

async function listen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${process.pid}\n`);
  });
  server.maxConnections = 16;
  try {
    await withSocketPath(path, async (short) => {
      server.listen(short);
      await once(server, 'listening');
    });
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return undefined;
    throw error;
  }
  server.unref();
  return server;
}

/**
 * Moves the lock aside before judging it, so that two processes cannot both remove what they think is stale: the one
 * that moved a live lock puts it back. Returns the holder if there is one.
 */
async function removeIfStale(path: string): Promise<{ pid: number | undefined } | undefined> {
  const holder = await ask(path);
  if (holder !== undefined) return holder;
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const taken = await ask(aside);
  if (taken !== undefined) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return taken;
}

async function ask(path: string): Promise<{ pid: number | undefined } | undefined> {
  return withSocketPath(path, async (short) => {
    const socket = connect(short);
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy());
    try {
      await once(socket, 'connect');
    } catch {
      return undefined; // nobody listens
    }
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer = (answer + chunk.toString('latin1')).slice(0, 16);
    });
    socket.on('error', () => undefined);
    await once(socket, 'close').catch(() => undefined);
    const pid = Number.parseInt(answer, 10);
    return { pid: Number.isSafeInteger(pid) ? pid : undefined };
  });
}

async function release(server: Server, path: string): Promise<void> {
  server.close();
  await once(server, 'close');
  await rm(path, { force: true });
}
