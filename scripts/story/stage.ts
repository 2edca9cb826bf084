/**
 * Where the story plays: one folder with the homes of all, the name server, the organisations and the members'
 * devices as they come to be. Leaving it stops every process, each by its own id, and removes the folder.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DnsTree, type NameServer } from '../dns/index.ts';
import { MemberDevice, OrganisationProcess, type Ran } from '../processes/index.ts';
import { LiveMember } from './live-member.ts';
import { expect, type Narrator } from './narrator.ts';

/** Lines of each node's log that are shown when a step fails. */
const LOG_LINES = 6;

export class Stage implements AsyncDisposable {
  readonly folder: string;
  readonly narrator: Narrator;
  readonly names: { readonly tree: DnsTree; readonly server: NameServer };
  readonly #signal: AbortSignal;
  /** What is undone at the end, the last first. */
  readonly #ends = new AsyncDisposableStack();
  readonly #organisations = new Map<string, OrganisationProcess>();
  readonly #devices = new Map<string, MemberDevice>();
  readonly #live = new Map<string, LiveMember>();

  private constructor(folder: string, names: Stage['names'], narrator: Narrator, signal: AbortSignal) {
    this.folder = folder;
    this.names = names;
    this.narrator = narrator;
    this.#signal = signal;
    this.#ends.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    this.#ends.defer(() => names.server.stop());
  }

  /** Serves a signed tree with these zones. The signal ends every command that runs. */
  static async open(zones: readonly string[], narrator: Narrator, signal: AbortSignal): Promise<Stage> {
    const tree = new DnsTree({ zones });
    const server = await tree.serve();
    return new Stage(await mkdtemp(join(tmpdir(), 'chancery-demo-')), { tree, server }, narrator, signal);
  }

  /** Makes an organisation's home and publishes its record; it does not run yet. */
  async found(domain: string): Promise<OrganisationProcess> {
    const organisation = await OrganisationProcess.create({
      domain,
      directory: join(this.folder, domain),
      dnsServer: this.names.server.address,
      anchors: this.names.tree.anchorLines,
      signal: this.#signal,
    });
    this.#organisations.set(domain, this.#ends.use(organisation));
    const { record } = organisation.made;
    expect(record !== null, `init printed no record for ${domain}`);
    this.names.tree.setTxt(record.name, [record.value]);
    return organisation;
  }

  organisation(domain: string): OrganisationProcess {
    const organisation = this.#organisations.get(domain);
    expect(organisation !== undefined, `${domain} has not been founded`);
    return organisation;
  }

  /** Adds and enrols a device, in a home called by its name. */
  async enrol(name: string, address: string, invitation: string, label: string): Promise<MemberDevice> {
    const home = join(this.folder, name);
    const device = await MemberDevice.enrol({ address, invitation, home, label, signal: this.#signal });
    this.#devices.set(name, device);
    return device;
  }

  /** A device for a command of its own: the chat that is open on it, if any, is closed first. */
  async device(name: string): Promise<MemberDevice> {
    await this.#live.get(name)?.[Symbol.asyncDispose]();
    this.#live.delete(name);
    const device = this.#devices.get(name);
    expect(device !== undefined, `${name} has not been enrolled`);
    return device;
  }

  /** The member with the chat open on the device of this name. */
  async live(name: string): Promise<LiveMember> {
    const open = this.#live.get(name);
    if (open !== undefined) return open;
    const member = await LiveMember.open((await this.device(name)).home);
    this.#live.set(name, this.#ends.use(member));
    return member;
  }

  /** Closes every open chat, so that the devices can be used by hand. */
  async closeChats(): Promise<void> {
    await Promise.all([...this.#live.values()].map((member) => member[Symbol.asyncDispose]()));
    this.#live.clear();
  }

  /** Runs an operator's command, tells it, and resolves with what it says. */
  async operate(domain: string, args: readonly string[]): Promise<unknown> {
    this.narrator.command(domain, commandLine('chancery', args));
    return this.organisation(domain).cli(args);
  }

  /** Runs an operator's command and shows what an operator sees. */
  async showOperator(domain: string, args: readonly string[]): Promise<string> {
    this.narrator.command(domain, commandLine('chancery', args));
    return this.#show(await this.organisation(domain).run(args));
  }

  /** Runs a member's command and shows what the member sees. */
  async showMember(name: string, args: readonly string[]): Promise<string> {
    const device = await this.device(name);
    this.narrator.command(name, commandLine('chancery-chat', args));
    return this.#show(await device.run(args));
  }

  /** Runs a member's command that must be refused with this code, and shows the refusal. */
  async showRefused(name: string, args: readonly string[], refusal: string): Promise<void> {
    const device = await this.device(name);
    this.narrator.command(name, commandLine('chancery-chat', args));
    const { code, stdout, stderr } = await device.run(args);
    this.narrator.output(stdout + stderr);
    expect(code === 1 && stderr.includes(`[${refusal}]`), `it was not refused with ${refusal}`);
  }

  /** The ends of the nodes' logs. */
  async logEnds(): Promise<string> {
    const ends = [...this.#organisations.values()].map(async ({ domain, home }) => {
      const log = await readFile(`${home.directory}.log`, 'utf8').catch(() => '');
      return [`log of ${domain}:`, ...log.trimEnd().split('\n').slice(-LOG_LINES)].join('\n');
    });
    return (await Promise.all(ends)).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ends.disposeAsync();
  }

  #show({ code, stdout, stderr }: Ran): string {
    this.narrator.output(stdout);
    expect(code === 0, stderr.trim());
    return stdout;
  }
}

/** As it would be typed. */
function commandLine(program: string, args: readonly string[]): string {
  const shown = args.map((arg) => (/[^\w./:@,+=-]/.test(arg) ? JSON.stringify(arg) : arg));
  return [program, ...shown].join(' ');
}
