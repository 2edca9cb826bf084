/**
 * Keeps one session with the organisation: opens it, has it served, and opens the next when it is lost; at once
 * after one that worked, then with growing pauses, for as long as it is not closed.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { Listeners } from '../listeners.ts';
import type { Backoff } from './backoff.ts';

/** Whether the organisation is reached, and if not, why. */
export type ConnectionState =
  { readonly state: 'online' } | { readonly state: 'offline'; readonly error: ChanceryError };

export interface ConnectionOptions<S> {
  readonly open: () => Promise<S>;
  /** Works with a session until it is lost, and throws why. `works` says that it is a good one. */
  readonly serve: (session: S, works: () => void) => Promise<never>;
  readonly end: (session: S) => Promise<void>;
  /** Whether an error is the last one: no further session is tried. */
  readonly isFinal: (error: ChanceryError) => boolean;
  readonly backoff: Backoff;
}

export class Connection<S> {
  readonly #options: ConnectionOptions<S>;
  readonly #states = new Listeners<ConnectionState>();
  readonly #first = Promise.withResolvers<undefined>();
  #running: Promise<void> | undefined;
  #session: S | undefined;
  #closed = false;
  #last: ConnectionState = {
    state: 'offline',
    error: new ChanceryError('node.unreachable', 'not connected; connect first'),
  };

  constructor(options: ConnectionOptions<S>) {
    this.#options = options;
    this.#first.promise.catch(() => undefined);
  }

  get state(): ConnectionState {
    return this.#last;
  }

  /** Hears of every change, but not that it was closed on purpose. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#states.add(listener);
  }

  /** The session there is; throws why there is none. */
  get session(): S {
    if (this.#session === undefined) {
      throw this.#last.state === 'offline' ? this.#last.error : new ChanceryError('internal', 'no session');
    }
    return this.#session;
  }

  /** Begins; resolves when connected. Throws why the first attempt failed, while further ones are made. */
  start(): Promise<undefined> {
    this.#running ??= this.#run();
    return this.#last.state === 'online' ? Promise.resolve(undefined) : this.#first.promise;
  }

  /** Gives up the session there is, for the next to take its place. */
  async renew(): Promise<void> {
    if (this.#session !== undefined) await this.#options.end(this.#session);
  }

  /** Tries anew at once where a pause is under way. */
  hurry(): void {
    this.#options.backoff.skip();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.backoff.skip();
    await this.renew();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { open, serve, end, backoff, isFinal } = this.#options;
    while (!this.#closed) {
      let session: S | undefined;
      try {
        await backoff.wait();
        if (this.#isClosed()) break;
        session = await open();
        if (this.#isClosed()) break;
        this.#session = session;
        this.#last = { state: 'online' };
        this.#states.emit(this.#last);
        this.#first.resolve(undefined);
        await serve(session, () => backoff.reset());
      } catch (error) {
        this.#session = undefined;
        const reason = asChanceryError(error);
        this.#first.reject(reason);
        this.#last = { state: 'offline', error: reason };
        if (!this.#isClosed()) this.#states.emit(this.#last);
        if (isFinal(reason)) break;
      } finally {
        this.#session = undefined;
        if (session !== undefined) await end(session);
      }
    }
    this.#first.reject(new ChanceryError('node.unreachable', 'the client was closed'));
  }

  /** Read through a method, since the flag changes while the loop waits. */
  #isClosed(): boolean {
    return this.#closed;
  }
}

function asChanceryError(error: unknown): ChanceryError {
  return error instanceof ChanceryError
    ? error
    : new ChanceryError('internal', `the session failed: ${(error as Error).message}`, { cause: error });
}
