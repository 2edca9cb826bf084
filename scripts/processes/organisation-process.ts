/**
 * An organisation as it runs in production: a home made and a node run by the operator's own command line, in a
 * process of its own. Every child is stopped by its own process id, and every wait is bounded.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { callOperation } from '../../node/admin/index.ts';
import { homeLayout, type HomeLayout } from '../../node/home/index.ts';
import type { OperationInput, OperationName, OperationOutput } from '../../node/operations/index.ts';

const COMMAND = fileURLToPath(new URL('../../node/bin/chancery.ts', import.meta.url));

/** Milliseconds a command, a start and a stop may take on a busy machine. */
const COMMAND_MS = 60_000;
const START_MS = 60_000;
const STOP_MS = 20_000;

/** A command line that ended: its exit code and what it wrote. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CreateOptions {
  readonly domain: string;
  /** The folder of the home; its log is written beside it. */
  readonly directory: string;
  /** The name server, as host:port, and the anchors of its tree as DS lines. */
  readonly dnsServer: string;
  readonly anchors: readonly string[];
  /** An invitation from another node: this one becomes a gateway of that organisation. */
  readonly join?: string;
}

export class OrganisationProcess {
  readonly domain: string;
  readonly home: HomeLayout;
  /** What `init` printed: root id, peer id, the TXT record to publish. */
  readonly made: {
    readonly peer: string;
    readonly rootId: string;
    readonly record: { name: string; value: string } | null;
  };
  #child: ChildProcess | undefined;
  #log: WriteStream | undefined;

  private constructor(domain: string, home: HomeLayout, made: OrganisationProcess['made']) {
    this.domain = domain;
    this.home = home;
    this.made = made;
  }

  /** Makes the home. A free port is chosen once, so that partners find the node again after a restart. */
  static async create({
    domain,
    directory,
    dnsServer,
    anchors,
    join,
  }: CreateOptions): Promise<OrganisationProcess> {
    const home = homeLayout(directory);
    const who = join === undefined ? [domain] : ['--join', join];
    const args = [
      'init',
      ...who,
      '--listen',
      `/ip4/127.0.0.1/tcp/${await freePort()}`,
      '--dns-server',
      dnsServer,
    ];
    const made = await runCommand(directory, [...args, ...anchors.flatMap((line) => ['--anchor', line])]);
    return new OrganisationProcess(domain, home, made as OrganisationProcess['made']);
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** The process id of the node. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`the node of ${this.domain} does not run`);
    return pid;
  }

  /** Starts the node; resolves when its admin socket answers. */
  async start(): Promise<void> {
    this.#log ??= createWriteStream(`${this.home.directory}.log`, { flags: 'a' });
    const child = spawn(process.execPath, [COMMAND, '--home', this.home.directory, 'start'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    child.stderr.pipe(this.#log, { end: false });
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    const deadline = Date.now() + START_MS;
    for (;;) {
      if (!this.running)
        throw new Error(`the node of ${this.domain} ended at its start; see ${this.home.directory}.log`);
      try {
        await this.call('status', {});
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
  }

  /** SIGTERM, as a service manager does it; resolves with the exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** kill -9. */
  kill(): Promise<number | null> {
    return this.#end('SIGKILL');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const giveUp = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const [code] = (await ended) as [number | null];
    clearTimeout(giveUp);
    return code;
  }

  /** Runs a command line of this home with --json; throws with what it wrote when it fails. */
  cli(args: readonly string[]): Promise<unknown> {
    return runCommand(this.home.directory, args);
  }

  /** Runs a command line of this home, whatever becomes of it. */
  run(args: readonly string[]): Promise<Ran> {
    return run(this.home.directory, args);
  }

  /** Asks the node itself, without a process between. */
  call<N extends OperationName>(name: N, input: OperationInput<N>): Promise<OperationOutput<N>> {
    return callOperation(this.home.adminSocket, name, input);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#log?.end();
  }
}

async function runCommand(directory: string, args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run(directory, ['--json', ...args]);
  if (code !== 0) throw new Error(`chancery ${args.join(' ')} failed: ${stderr || stdout}`);
  return JSON.parse(stdout);
}

async function run(directory: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [COMMAND, '--home', directory, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_MS,
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

/** A port that is free now. Somebody may take it before it is used, which then shows at the start. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
