/**
 * Inspects files in worker threads, a few at a time. Guarantees: a hostile file holds up neither the event loop nor, for
 * longer than the limit, the files behind it; what it makes of a worker is gone with the worker; always an answer, never a
 * rejection.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FoundInFile, PolicyDocument } from '../../protocol/policy/index.ts';
import type { Answer } from './worker.ts';
import { notInspected, type Declared, type Inspection } from './inspection.ts';

/** Workers at a time: inspecting must leave room for messages on a machine with few cores. */
const WORKERS = 2;

/** Files that wait for a worker, and their bytes, which are held in memory. More are answered with `busy`. */
const MAX_WAITING = 64;
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/** Milliseconds for one file, after which its worker is ended. */
const FILE_WITHIN_MS = 30_000;

/** Files after which a worker makes way for a new one: no state that a file left behind is there for long. */
const FILES_OF_WORKER = 50;

/** What a worker's heap may take. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 };

/** Bytes that a worker may hold outside of its heap, where `resourceLimits` do not count: a PDF may unpack there without end. */
const MAX_EXTERNAL_BYTES = 640 * 1024 * 1024;

/** How often it is looked at, in milliseconds: what unpacks 1 GB a second is noticed in time. */
const LOOK_EVERY_MS = 100;

export interface InspectionPoolOptions {
  readonly workers?: number;
  readonly maxWaiting?: number;
  /** Milliseconds. */
  readonly fileWithinMs?: number;
  /** The program of a worker: answers each `Task` with one `Inspection`. */
  readonly program?: URL;
}

interface Job {
  readonly bytes: Uint8Array;
  readonly declared: Declared;
  readonly documents: readonly PolicyDocument[];
  readonly resolve: (inspection: Inspection) => void;
}

interface Thread {
  readonly worker: Worker;
  files: number;
}

/** The worker beside this file, which is TypeScript as this is, or compiled as this is. */
const PROGRAM = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

export class InspectionPool {
  readonly #options: Required<InspectionPoolOptions>;
  readonly #waiting: Job[] = [];
  readonly #idle: Thread[] = [];
  /** Workers, and the file each is at. */
  readonly #busy = new Map<Thread, Job>();
  #stopped = false;

  constructor(options: InspectionPoolOptions = {}) {
    this.#options = {
      workers: WORKERS,
      maxWaiting: MAX_WAITING,
      fileWithinMs: FILE_WITHIN_MS,
      program: PROGRAM,
      ...options,
    };
  }

  /**
   * Inspects a file; never rejects. `failed` is `busy` where too many wait, `timeout` where it took too long, `memory` where it
   * took too much, `crashed` where the worker ended over it, `stopped` where the pool is.
   * @param documents policies whose findings are to be there: looking for them takes long in a long text, and is done here
   */
  inspect(
    bytes: Uint8Array,
    declared: Declared,
    documents: readonly PolicyDocument[] = [],
  ): Promise<Inspection> {
    if (this.#stopped) return Promise.resolve(notInspected('stopped'));
    if (this.#busy.size >= this.#options.workers && this.#isFull(bytes.length))
      return Promise.resolve(notInspected('busy'));
    const { promise, resolve } = Promise.withResolvers<Inspection>();
    this.#waiting.push({ bytes, declared, documents, resolve });
    this.#next();
    return promise;
  }

  /** Ends the workers; whoever waits is answered with `stopped`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const threads = [...this.#idle, ...this.#busy.keys()];
    for (const job of [...this.#busy.values(), ...this.#waiting.splice(0)])
      job.resolve(notInspected('stopped'));
    this.#busy.clear();
    this.#idle.length = 0;
    await Promise.all(threads.map(async ({ worker }) => worker.terminate()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #isFull(more: number): boolean {
    const held = this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return this.#waiting.length >= this.#options.maxWaiting || held + more > MAX_WAITING_BYTES;
  }

  #next(): void {
    while (this.#busy.size < this.#options.workers) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      const thread = this.#idle.pop() ?? this.#start();
      if (thread === undefined) job.resolve(notInspected('crashed'));
      else this.#give(thread, job);
    }
  }

  #give(thread: Thread, job: Job): void {
    this.#busy.set(thread, job);
    thread.files += 1;
    thread.worker.ref();
    const timer = setTimeout(() => over(notInspected('timeout'), true), this.#options.fileWithinMs);
    const watch = setInterval(() => {
      void externalBytes(thread.worker).then((bytes) => {
        if (bytes > MAX_EXTERNAL_BYTES) over(notInspected('memory'), true);
      });
    }, LOOK_EVERY_MS);
    const over = (inspection: Inspection, isEnd: boolean): void => {
      clearTimeout(timer);
      clearInterval(watch);
      thread.worker.off('message', onMessage);
      thread.worker.off('exit', onExit);
      if (this.#busy.get(thread) !== job) return; // the pool was stopped
      this.#busy.delete(thread);
      if (isEnd || thread.files >= FILES_OF_WORKER) void thread.worker.terminate();
      else this.#rest(thread);
      job.resolve(inspection);
      this.#next();
    };
    const onMessage = ({ found, ...inspection }: Answer): void => {
      const by = new Map(found.map((one, index) => [job.documents[index], one]));
      over({ ...inspection, found: by as ReadonlyMap<PolicyDocument, FoundInFile> }, false);
    };
    const onExit = (): void => over(notInspected('crashed'), true);
    thread.worker.on('message', onMessage);
    thread.worker.on('exit', onExit);
    try {
      const bytes = new Uint8Array(job.bytes); // the caller keeps its own
      thread.worker.postMessage({ bytes, declared: job.declared, documents: job.documents }, [bytes.buffer]);
    } catch {
      over(notInspected('crashed'), true); // no room for another copy of the file
    }
  }

  /** A worker that waits does not hold up the end of the process. */
  #rest(thread: Thread): void {
    thread.worker.unref();
    this.#idle.push(thread);
  }

  /** Undefined where the machine has no room for one. */
  #start(): Thread | undefined {
    try {
      const worker = new Worker(this.#options.program, {
        env: {},
        execArgv: [],
        resourceLimits: RESOURCE_LIMITS,
        stdout: true, // libraries that complain of a file do so to nobody
        stderr: true,
      });
      const thread = { worker, files: 0 };
      worker.stdout.resume();
      worker.stderr.resume();
      worker.on('error', () => undefined); // its end is what counts, and comes after
      worker.on('exit', () => {
        const at = this.#idle.indexOf(thread);
        if (at >= 0) this.#idle.splice(at, 1);
      });
      return thread;
    } catch {
      return undefined;
    }
  }
}

/** What a worker holds outside of its heap; 0 where it has ended. */
async function externalBytes(worker: Worker): Promise<number> {
  try {
    return (await worker.getHeapStatistics()).external_memory;
  } catch {
    return 0;
  }
}
