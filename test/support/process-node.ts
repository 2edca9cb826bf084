/** A node as a process of its own, driven by its command, on a loopback port that stays its own over restarts. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { callOperation } from '../../node/admin/index.ts';
import { homeLayout, type HomeLayout } from '../../node/home/index.ts';
import type { OperationInput, OperationName, OperationOutput } from '../../node/operations/index.ts';
import { DnsTree, type NameServer } from '../../scripts/dns/index.ts';

const BIN = fileURLToPath(new URL('../../node/bin/chancery.ts', import.meta.url));

/** Milliseconds for a process to end by itself, or to say that it runs. */
const WITHIN_MS = 30_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface World {
  readonly folder: string;
  readonly tree: DnsTree;
  readonly server: NameServer;
}

/** A folder and a signed DNS tree with a zone for each domain. */
export async function makeWorld(t: TestContext, ...domains: string[]): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-world-'));
  const tree = new DnsTree({ zones: ['test', ...domains] });
  const server = await tree.serve();
  t.after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, tree, server };
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export class ProcessNode {
  readonly home: HomeLayout;
  readonly listen: string;
  #running: Running | undefined;

  private constructor(t: TestContext, home: HomeLayout, listen: string) {
    this.home = home;
    this.listen = listen;
    t.after(() => this.kill());
  }

  /** Makes an organisation with `chancery init` and publishes its record. */
  static async found(t: TestContext, world: World, domain: string): Promise<ProcessNode> {
    const node = await ProcessNode.#at(t, join(world.folder, domain));
    const { record } = await node.#init<{ record: { name: string; value: string } }>(world, domain);
    world.tree.setTxt(record.name, [record.value]);
    return node;
  }

  /** Makes a gateway of the organisation of a running archive node. */
  static async join(t: TestContext, world: World, archive: ProcessNode): Promise<ProcessNode> {
    const { invitation } = await archive.ask('node.invite', {});
    const node = await ProcessNode.#at(t, `${archive.home.directory}-gateway`);
    await node.#init(world, '--join', invitation);
    return node;
  }

  static async #at(t: TestContext, directory: string): Promise<ProcessNode> {
    return new ProcessNode(t, homeLayout(directory), `/ip4/127.0.0.1/tcp/${await freePort()}`);
  }

  #init<T>({ server, tree }: World, ...args: string[]): Promise<T> {
    const anchors = tree.anchorLines.flatMap((line) => ['--anchor', line]);
    return this.cli<T>('init', ...args, '--listen', this.listen, '--dns-server', server.address, ...anchors);
  }

  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /** Runs the command to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.#spawn(args).ended;
  }

  /** Runs a command that must succeed, and returns its result. */
  async cli<T>(...args: string[]): Promise<T> {
    const { code, out, err } = await this.run(...args, '--json');
    if (code !== 0) throw new Error(`chancery ${args.join(' ')} ended with ${String(code)}: ${err}`);
    return JSON.parse(out) as T;
  }

  ask<N extends OperationName>(name: N, input: OperationInput<N>): Promise<OperationOutput<N>> {
    return callOperation(this.home.adminSocket, name, input);
  }

  /** Starts the node; resolves when it says that it runs, with the milliseconds that it took. */
  async start(): Promise<number> {
    const began = performance.now();
    const running = this.launch();
    const said = once(running.child.stdout!, 'data').then(() => 'runs' as const);
    const first = await Promise.race([said, running.ended, deadline(`${this.home.directory} to start`)]);
    if (first !== 'runs') {
      throw new Error(`${this.home.directory} did not start: ${String(first.code)} ${first.err}`);
    }
    return performance.now() - began;
  }

  /** Starts the node without waiting for anything. */
  launch(): Running {
    if (this.#running !== undefined) throw new Error('the node runs already');
    const running = this.#spawn(['start']);
    this.#running = running;
    void running.ended.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }

  /** Asks it to end in order. */
  stop(): Promise<Ended> {
    return this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<Ended> {
    const running = this.#running;
    if (running === undefined) return { code: null, signal: null, out: '', err: '' };
    running.child.kill(signal);
    const ended = await Promise.race([running.ended, deadline(`${this.home.directory} to end`)]);
    this.#running = undefined;
    return ended;
  }

  #spawn(args: readonly string[]): Running {
    const env = { ...process.env, CHANCERY_LOG_LEVEL: process.env['CHANCERY_TEST_LOG'] ?? 'error' };
    const child = spawn(process.execPath, [BIN, '--home', this.home.directory, ...args], {
      env: { ...env, NODE_TEST_CONTEXT: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    const ended = once(child, 'close').then(([code, signal]) => ({
      ...{ code: code as number | null, signal: signal as NodeJS.Signals | null },
      ...{ out, err },
    }));
    return { child, ended };
  }
}

/** Makes two organisations partners of each other. */
export async function federate(one: ProcessNode, other: ProcessNode): Promise<void> {
  for (const [node, partner] of [
    [one, other],
    [other, one],
  ] as const) {
    const { addresses, domain } = await partner.ask('status', {});
    await node.cli('partner', 'add', domain, '--yes', ...addresses.flatMap((at) => ['--address', at]));
  }
}

function deadline(what: string): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  setTimeout(() => reject(new Error(`waited ${WITHIN_MS} ms for ${what}`)), WITHIN_MS).unref();
  return promise;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
