/**
 * An organisation as it runs in production: a home made and a node run by the operator's own command line, in a
 * process of its own. Every child is stopped by its own process id, and every wait is bounded.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { callOperation } from '../../node/admin/client.ts';
import { homeLayout, type HomeLayout } from '../../node/home/index.ts';
import type { OperationInput, OperationName, OperationOutput } from '../../node/operations/index.ts';
import { PROGRAMS, run, runJson, type CommandOptions, type Ran } from './command.ts';

/** Milliseconds a start and a stop may take on a busy machine. */
const START_MS = 120_000;
const STOP_MS = 60_000;

export interface CreateOptions {
  readonly domain: string;
  /** The folder of the home; its log is written beside it. */
  readonly directory: string;
  /** The name server, as host:port, and the anchors of its tree as DS lines. */
  readonly dnsServer: string;
  readonly anchors: readonly string[];
  /** An invitation from another node: this one becomes a gateway of that organisation. */
  readonly join?: string;
  /** Ends every command of this home when it aborts. Who gives it stops the node itself on every interrupt. */
  readonly signal?: AbortSignal | undefined;
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
  readonly #command: CommandOptions;
  #child: ChildProcess | undefined;
  #log: WriteStream | undefined;

  private constructor(domain: string, command: CommandOptions, made: OrganisationProcess['made']) {
    this.domain = domain;
    this.home = homeLayout(command.home);
    this.made = made;
    this.#command = command;
  }

  /** Makes the home. A free port is chosen once, so that partners find the node again after a restart. */
  static async create({
    domain,
    directory,
    dnsServer,
    anchors,
    join,
    signal,
  }: CreateOptions): Promise<OrganisationProcess> {
    const command: CommandOptions = { program: 'chancery', home: directory, signal };
    const who = join === undefined ? [domain] : ['--join', join];
    const args = [
      'init',
      ...who,
      '--listen',
      `/ip4/127.0.0.1/tcp/${await freePort()}`,
      '--dns-server',
      dnsServer,
    ];
    const made = await runJson(command, [...args, ...anchors.flatMap((line) => ['--anchor', line])]);
    return new OrganisationProcess(domain, command, JSON.parse(made) as OrganisationProcess['made']);
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
    const child = spawn(process.execPath, [PROGRAMS.chancery, '--home', this.home.directory, 'start'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // a Ctrl-C at the terminal must not reach the node beside whoever stops it when interrupted
      detached: this.#command.signal !== undefined,
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
  async cli(args: readonly string[]): Promise<unknown> {
    return JSON.parse(await runJson(this.#command, args));
  }

  /** Runs a command line of this home, whatever becomes of it. */
  run(args: readonly string[]): Promise<Ran> {
    return run(this.#command, args);
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

/** A port that is free now. Somebody may take it before it is used, which then shows at the start. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
