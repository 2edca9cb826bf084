/** Schedules, holds, disposal and erasure, put together. */
import type { Logger } from 'pino';
import type { SealedFiles } from '../attachments/index.ts';
import {
  certificates,
  Erasures,
  HoldNotices,
  Holds,
  Members,
  type DataKeys,
  type Ledger,
  type Messages,
  type Partners,
} from '../ledger/index.ts';
import { Custodians } from './custodians.ts';
import { behind, type ScheduleBehind } from './behind.ts';
import { Dates } from './dates.ts';
import { Disposition } from './disposition.ts';
import { Effects } from './effects.ts';
import { Erasing } from './erasing.ts';
import { Holding } from './holding.ts';
import { PassedTime } from './passed-time.ts';
import { scheduleOf, type RetentionPolicy } from './policy.ts';
import { Removal } from './removal.ts';
import { Retention } from './retention.ts';
import { survey, type SurveyPage } from './survey.ts';

export interface RetainingOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly messages: Messages;
  readonly partners: Partners;
  readonly dataKeys: DataKeys;
  /** The files of messages, beside the log. */
  readonly files: SealedFiles;
  readonly policy: RetentionPolicy;
  readonly mayGoUntil: () => number;
  /** Milliseconds since 1970, and since some time by what cannot be set. */
  readonly clock: () => number;
  readonly steady: () => number;
  readonly log: Logger;
}

export interface Retaining {
  readonly policy: RetentionPolicy;
  readonly holds: Holds;
  readonly holding: Holding;
  readonly custodians: Custodians;
  readonly erasures: Erasures;
  readonly erasing: Erasing;
  readonly effects: Effects;
  readonly dates: Dates;
  readonly retention: Retention;
  /** Disposal certificates below an entry, newest first. */
  readonly certificates: (before: number, limit: number) => Promise<number[]>;
  /** A page of what there is, by schedule, from an entry on. */
  readonly survey: (from: number) => Promise<SurveyPage>;
  /** Messages that must go and may, by schedule: as many as a look of bounded work finds. */
  readonly behind: () => Promise<readonly ScheduleBehind[]>;
  /** Does what was broken off, and looks from then on by itself. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** From here on messages are archived under the schedules of the policy. */
export function openRetaining(options: RetainingOptions): Retaining {
  const { ledger, members, messages, partners, dataKeys, files, policy, mayGoUntil } = options;
  const { clock, steady, log } = options;
  const holds = new Holds(ledger);
  const onKeyGone = (id: Uint8Array): void => dataKeys.forget(id);
  const removal = (): Removal => new Removal({ ledger, members, holds, onKeyGone });
  const effects = new Effects({ ledger, holds, removal, files, log });
  const passed = new PassedTime({ log: ledger.log, clock, steady });
  const disposition = new Disposition({
    ledger,
    partners,
    dataKeys,
    policy,
    passed,
    mayGoUntil,
    effects,
    log,
  });
  const dates = new Dates(ledger, holds);
  const retention = new Retention({ ledger, policy, disposition, effects, dates, log });
  const holding = new Holding({ ledger, members, holds, disposition, effects });
  const custodians = new Custodians({ members, holds, notices: new HoldNotices(ledger) });
  const erasures = new Erasures(ledger);
  const erasing = new Erasing({ ledger, members, messages, erasures, disposition, retention, log });
  const rolesOf = (address: string): readonly string[] => members.find(address)?.roles ?? [];
  ledger.useSchedules(scheduleOf(policy, rolesOf, (domain) => partners.floors(domain).days));
  return {
    policy,
    holds,
    holding,
    custodians,
    erasures,
    erasing,
    effects,
    dates,
    retention,
    certificates: (before, limit) => certificates(ledger, before, limit),
    survey: (from) => survey({ ledger, partners, disposition, passed }, from),
    behind: () => behind({ partners, disposition, passed }),
    async start() {
      effects.watch();
      await effects.run();
      retention.start(() => erasing.look());
    },
    async stop() {
      await retention.stop();
      await effects.stop();
    },
  };
}

/** What the log says of holds and disposal, done on a copy of it: there nothing is decided. */
export function openEffects(ledger: Ledger, files: SealedFiles, log: Logger): Effects {
  const holds = new Holds(ledger);
  const members = new Members(ledger);
  return new Effects({
    ledger,
    holds,
    removal: () => new Removal({ ledger, members, holds, onKeyGone: () => undefined }),
    files,
    log,
  });
}
