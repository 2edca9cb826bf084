/**
 * What the command line needs from elsewhere: making and running nodes, the network as the doctor sees it, and the
 * process it runs in. All handed in, so that a test drives every command without one.
 */
import type { DoctorTools } from '../doctor/index.ts';
import type { HomeLayout } from '../home/index.ts';
import type { Passphrase } from '../keys/index.ts';

/** What `chancery init` is told. */
export interface InitOptions {
  readonly home: HomeLayout;
  /** As typed; init brings it into canonical form. Null when an invitation names it. */
  readonly domain: string | null;
  /** From another node of the organisation: this one becomes its gateway. */
  readonly invitation: string | null;
  /** Empty: the configuration's default. */
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly dnsServers: readonly string[];
  /** Trust anchors as DS lines; empty for those of IANA. */
  readonly anchors: readonly string[];
  /** A file away from the home for the root’s key; null to keep it in the home. */
  readonly offlineRoot: string | null;
  /** That the new keys are protected by; null for none. */
  readonly passphrase: Passphrase | null;
}

export interface InitResult {
  readonly domain: string;
  readonly rootId: string;
  /** The node's libp2p peer id. */
  readonly peer: string;
  readonly roles: readonly ('gateway' | 'archive')[];
  /** The TXT record to publish; null for a node that joined, as the domain has it. */
  readonly record: { readonly name: string; readonly value: string } | null;
  /** A file of rules for messages to begin with; null for a node that joined. Nothing is in force until it is applied. */
  readonly policy: string | null;
}

/** What `chancery restore` is told. */
export interface RestoreOptions {
  readonly home: HomeLayout;
  /** The folder of the backup. */
  readonly directory: string;
  /** A folder with the keys, where they were kept apart. */
  readonly keys: string | null;
  /** That of the keys: what is stored is sealed, and the views over it are made anew. */
  readonly passphrase: Passphrase;
  /** Whether the archive that was made is walked as well. */
  readonly verify: boolean;
  readonly onProgress: (what: 'checked' | 'restored', entries: number, size: number) => void;
}

export interface RestoreResult {
  readonly domain: string;
  /** The fingerprint of the root that vouches for the backup. */
  readonly rootId: string;
  readonly size: number;
  readonly root: string;
  /** When the backup was made. */
  readonly time: string;
  /** What partners had cosigned then. */
  readonly cosigned: readonly { readonly domain: string; readonly size: number }[];
  /** Keys that are in the home now, and certificates whose key is not. */
  readonly keys: readonly string[];
  /** Files of messages that are in the home now, and messages whose file is not: the first thousand. */
  readonly files: number;
  readonly missingFiles: readonly number[];
  readonly missingKeys: readonly string[];
}

/** What `chancery archive reindex` is told. */
export interface ReindexOptions {
  readonly home: HomeLayout;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly passphrase: Passphrase;
  readonly onProgress: (done: number, size: number) => void;
}

export interface ReindexResult {
  readonly domain: string;
  readonly size: number;
  readonly root: string;
  /** Up to which entry an attempt before had come; 0 for a whole one. */
  readonly from: number;
}

export interface RunningNode {
  readonly domain: string;
  readonly peer: string;
  readonly addresses: readonly string[];
  /** Ends everything in order; settles when it has. Called once. */
  stop(): Promise<void>;
  /** Resolves after `stop`, or rejects when the node cannot go on. */
  readonly closed: Promise<void>;
}

/** The process and the terminal. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whether a person reads standard output and can answer a question. */
  readonly isTerminal: boolean;
  confirm(question: string): Promise<boolean>;
  /** Asks without showing what is typed. */
  askSecret(question: string): Promise<string>;
  /** Calls back on each SIGINT and SIGTERM until the returned function is called. */
  onSignal(handler: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

export interface Dependencies {
  /** Makes keys, certificates and configuration. Throws `home.exists`, `name.bad-domain`, `request.invalid` and others. */
  readonly init: (options: InitOptions) => Promise<InitResult>;
  /** Makes a home from a backup. Throws `home.exists`, `backup.*`, `key.*`, `archive.*`. */
  readonly restore: (options: RestoreOptions) => Promise<RestoreResult>;
  /** Makes the views of a home's archive anew. Throws `config.*`, `node.running`, `key.*`, `archive.*`. */
  readonly reindex: (options: ReindexOptions) => Promise<ReindexResult>;
  /** Runs the node of a home. Throws `config.*`, `key.*`, `node.running`, `archive.*` and others. */
  readonly start: (home: HomeLayout, passphrase: Passphrase) => Promise<RunningNode>;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** What the doctor's checks of this machine need beside the home. */
  readonly doctor: () => Promise<DoctorTools>;
  readonly io: Io;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}
