/** What the terminal client is handed: the process and its terminal, the device in its home, a clock. */
import type { Client, Profile, Waiting } from '../index.ts';

/** A terminal on which lines are typed while others appear. */
export interface LineConsole {
  /** What is typed, line by line, until the end of input. */
  readonly lines: AsyncIterable<string>;
  /** Shows text above what is being typed. */
  print(text: string): void;
  /** Sets what stands before the line being typed. */
  prompt(text: string): void;
  /** Takes away what was shown. */
  clear(): void;
  /** Whether what is typed stays unseen. */
  conceal(hidden: boolean): void;
  close(): void;
}

export interface Terminal {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whether a person reads what is written. */
  readonly isTerminal: boolean;
  /** All of the standard input. */
  input(): Promise<string>;
  /** Asks without showing what is typed; null where nobody can be asked. */
  readonly askSecret: ((question: string) => Promise<string>) | null;
  console(): LineConsole;
  /** Calls the handler on the first interrupt; the returned function stops that. */
  onInterrupt(handler: () => void): () => void;
}

export interface Dependencies {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Where the device lives unless told otherwise. */
  readonly defaultHome: string;
  /** What this machine is called, for a device without a label. */
  readonly hostname: string;
  readonly open: (home: string) => Promise<Client>;
  readonly enrol: (options: {
    readonly home: string;
    readonly invitation: string;
    readonly label: string;
    /** Hears that an operator has to approve the device. */
    readonly onWaiting: (waiting: Waiting) => void;
  }) => Promise<Profile>;
}
