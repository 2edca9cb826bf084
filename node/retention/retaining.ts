/** Schedules, holds and disposal, put together. */
import { Holds, type DataKeys, type Ledger, Members, type Messages, type Partners } from '../ledger/index.ts';
import type { Logger } from 'pino';
import { Dates } from './dates.ts';
import { Disposition } from './disposition.ts';
import { Effects } from './effects.ts';
import { PassedTime } from './passed-time.ts';
import { scheduleOf, type RetentionPolicy } from './policy.ts';
import { Removal } from './removal.ts';
import { Retention } from './retention.ts';

export interface RetainingOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly messages: Messages;
  readonly partners: Partners;
  readonly dataKeys: DataKeys;
  readonly policy: RetentionPolicy;
  /** Milliseconds since 1970, and since some time by what cannot be set. */
  readonly clock: () => number;
  readonly steady: () => number;
  readonly log: Logger;
}

export interface Retaining {
  readonly holds: Holds;
  readonly effects: Effects;
  readonly dates: Dates;
  readonly passed: PassedTime;
  readonly disposition: Disposition;
  readonly retention: Retention;
  /** Does what was broken off, and looks from then on by itself. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** From here on messages are archived under the schedules of the policy. */
export function openRetaining(options: RetainingOptions): Retaining {
  const { ledger, members, messages, partners, dataKeys, policy, clock, steady, log } = options;
  const holds = new Holds(ledger);
  const onKeyGone = (id: Uint8Array): void => dataKeys.forget(id);
  const removal = (): Removal => new Removal({ ledger, members, holds, onKeyGone });
  const effects = new Effects({ ledger, holds, removal, log });
  const passed = new PassedTime({ log: ledger.log, clock, steady });
  const disposition = new Disposition({
    ledger,
    messages,
    partners,
    dataKeys,
    policy,
    passed,
    effects,
    log,
  });
  const dates = new Dates(ledger, holds);
  const retention = new Retention({ ledger, dataKeys, policy, disposition, effects, dates, log });
  ledger.useSchedules(scheduleOf(policy, (address) => members.find(address)?.roles ?? []));
  return {
    holds,
    effects,
    dates,
    passed,
    disposition,
    retention,
    async start() {
      effects.watch();
      await effects.run();
      retention.start();
    },
    async stop() {
      await retention.stop();
      await effects.stop();
    },
  };
}

/** What the log says of holds and disposal, done on a copy of it: there nothing is decided. */
export function openEffects(ledger: Ledger, log: Logger): Effects {
  const holds = new Holds(ledger);
  const members = new Members(ledger);
  return new Effects({
    ledger,
    holds,
    removal: () => new Removal({ ledger, members, holds, onKeyGone: () => undefined }),
    log,
  });
}
