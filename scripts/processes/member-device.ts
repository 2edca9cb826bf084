/** A member's device as its user runs it: a home of its own, used through the member's own command line. */
import { run, runJson, type CommandOptions, type Ran } from './command.ts';

export interface EnrolOptions {
  readonly address: string;
  readonly invitation: string;
  readonly home: string;
  readonly label: string;
  /** Ends every command of this device when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

export class MemberDevice {
  readonly address: string;
  readonly home: string;
  readonly #command: CommandOptions;

  private constructor({ address, home, signal }: EnrolOptions) {
    this.address = address;
    this.home = home;
    this.#command = { program: 'chancery-chat', home, signal };
  }

  /** Makes the home, with the device's key in it, and has it certified. */
  static async enrol(options: EnrolOptions): Promise<MemberDevice> {
    const device = new MemberDevice(options);
    await device.chat(['enrol', options.invitation, '--label', options.label]);
    return device;
  }

  /** Runs a command with --json; resolves with what it said, one object a line. Throws what it wrote when it fails. */
  async chat(args: readonly string[]): Promise<unknown[]> {
    const said = await runJson(this.#command, args);
    return said.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
  }

  /** Runs a command, whatever becomes of it. */
  run(args: readonly string[]): Promise<Ran> {
    return run(this.#command, args);
  }
}
