/** What messages are sealed under and for how long they can be delivered, put together. */
import { Custody, destroyClosed } from '../custody/index.ts';
import { sodiumX25519 } from '../crypto/index.ts';
import {
  DataKeys,
  OfficerActs,
  type Ledger,
  type Members,
  type Messages,
  type Partners,
} from '../ledger/index.ts';
import { PolicyInForce } from '../oversight/index.ts';
import { openRetaining, type Retaining } from '../retention/index.ts';
import { WindowKeys, type Sealing } from '../sealing/index.ts';
import { platform } from './platform.ts';
import type { NodeSettings } from './settings.ts';

export interface KeepingOptions {
  readonly ledger: Ledger;
  readonly sealing: Sealing;
  readonly members: Members;
  readonly partners: Partners;
  readonly messages: Messages;
  readonly onWindow: (keyName: string) => void;
  readonly settings: Pick<NodeSettings, 'keys' | 'deliveryDays' | 'retention' | 'oversight' | 'log'>;
}

export interface Keeping {
  readonly windows: WindowKeys;
  readonly dataKeys: DataKeys;
  readonly custody: Custody;
  readonly retaining: Retaining;
  readonly policy: PolicyInForce;
  readonly acts: OfficerActs;
}

/** From here on messages are sealed under data keys, and archived under schedules. Throws `key.*`. */
export async function openKeeping(options: KeepingOptions): Promise<Keeping> {
  const { ledger, sealing, members, partners, messages, onWindow, settings } = options;
  const { keys, deliveryDays, retention, oversight, log } = settings;
  const { clock, steady, randomBytes } = platform;
  const windows = await WindowKeys.open(keys, randomBytes);
  const dataKeys: DataKeys = new DataKeys({
    ledger,
    windows,
    officers: () => custody.officers,
    x25519: sodiumX25519,
    randomBytes,
  });
  const custody = new Custody({
    ledger,
    dataKeys,
    windows,
    members,
    partners,
    messages,
    deliveryDays,
    onWindow,
    clock,
    log,
  });
  sealing.entries.useDataKeys(dataKeys.find);
  await destroyClosed(ledger, windows);
  await custody.open();
  ledger.useDataKeys(dataKeys);
  const policy = new PolicyInForce(ledger, { ...oversight, retention });
  const acts = new OfficerActs(ledger);
  const { current } = policy;
  const retaining = openRetaining({
    ledger,
    members,
    messages,
    partners,
    dataKeys,
    policy: current.retention,
    mayGoUntil: () => (current.fourEyes.includes('disposal') ? acts.approvedDisposal : Infinity),
    clock,
    steady,
    log,
  });
  return { windows, dataKeys, custody, retaining, policy, acts };
}
