/**
 * One node a home. LevelDB's lock on an empty database decides who has it: the one lock of the operating system that
 * Node.js can reach, which ends with its process, however that ends. Beside it the holder listens on a socket and
 * answers with its process id, so that others can name it without touching the lock.
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { Level } from 'level';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { HomeLayout } from './layout.ts';
import { hasCode, modeIfOpenToOthers } from './private-file.ts';
import { withSocketPath } from './socket-path.ts';

/** Milliseconds a holder has to say its process id; a busy one that does not is a holder all the same. */
const ANSWER_WITHIN_MS = 1_000;

/** Askers at once. */
const MAX_CONNECTIONS = 16;

export interface HomeLock {
  release(): Promise<void>;
}

interface Holder {
  /** Unknown if it did not answer in time. */
  readonly pid: number | undefined;
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
  const database = new Level(home.lock);
  await database.open().catch(async (error: unknown) => {
    const cause = error instanceof Error ? error.cause : undefined;
    throw hasCode(cause, 'LEVEL_LOCKED') ? await running(home) : unusable(home, error);
  });
  try {
    const server = await answerAskers(home.lockSocket);
    return {
      async release() {
        await stopAnswering(server, home.lockSocket);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The process that holds the home's lock; `undefined` when none does. */
export async function lockHolder(home: HomeLayout): Promise<Holder | undefined> {
  return withSocketPath(home.lockSocket, async (path) => {
    const socket = connect(path);
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

async function running(home: HomeLayout): Promise<ChanceryError> {
  const pid = (await lockHolder(home))?.pid;
  const which = pid === undefined ? 'another process' : `process ${pid}`;
  return new ChanceryError(
    'node.running',
    `a node already runs for ${home.directory} (${which}); see chancery status, or stop it first`,
    { facts: { home: home.directory, ...(pid === undefined ? {} : { pid }) } },
  );
}

function unusable({ lock }: HomeLayout, cause: unknown): ChanceryError {
  return new ChanceryError(
    'archive.unavailable',
    `the lock ${lock} cannot be used; check disk and permissions, or remove that folder, which holds no data`,
    { facts: { file: lock }, cause },
  );
}

/** Whoever has the lock may take the socket's path: one that is there was left behind. */
async function answerAskers(socketPath: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${process.pid}\n`);
  });
  server.maxConnections = MAX_CONNECTIONS;
  await rm(socketPath, { force: true });
  await withSocketPath(socketPath, async (path) => {
    server.listen(path);
    await once(server, 'listening');
  });
  server.unref();
  return server;
}

async function stopAnswering(server: Server, socketPath: string): Promise<void> {
  server.close();
  await once(server, 'close');
  await rm(socketPath, { force: true });
}
