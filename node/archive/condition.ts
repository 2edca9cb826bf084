/** Whether the log may be appended to: not while anything is found wrong with it, nor once it was stopped for a reason. */
import type { Refusal } from '../../protocol/errors/index.ts';
import type { Finding } from './check.ts';
import type { LostViews } from './lost-views.ts';
import { damaged } from './load.ts';

const UNINDEXED: Refusal = {
  code: 'archive.unindexed',
  message:
    'rows of the views may have been lost with a damaged part of the database; start the node again, which makes them anew from the log',
  facts: {},
};

export class Condition {
  #findings: readonly Finding[] = [];
  #stopped: Refusal | undefined;
  /** Whether rows of the views are lost, or may be. */
  lostViews: LostViews | undefined;

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Why nothing is appended; undefined while it is. */
  get stopped(): Refusal | undefined {
    return this.unproven ?? (this.lostViews === undefined ? undefined : UNINDEXED);
  }

  /** Why nothing may even be made of the log. */
  get unproven(): Refusal | undefined {
    const [first] = this.#findings;
    return this.#stopped ?? (first && damaged(first));
  }

  /** What is wrong with the log by now: nothing, where it was mended. */
  found(findings: readonly Finding[]): void {
    this.#findings = findings;
  }

  /** For good: until the log is opened again. */
  stop(reason: Refusal): void {
    this.#stopped ??= reason;
  }
}
