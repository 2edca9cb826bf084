/** Devices in force that break the organisation's rules, or whose certificates run out without being renewed. */
import { describeBreach, type Breach } from '../../protocol/device/index.ts';
import { affecting, bounded, DAY_MS, dayOf, shellWord, type Gap } from './gap.ts';

/** Milliseconds before its end at which a certificate that was not renewed is a gap: devices renew theirs at half its life. */
const EXPIRING_MS = 3 * DAY_MS;

/** A device in force. Times in milliseconds since 1970. */
export interface WatchedDevice {
  readonly serial: string;
  readonly address: string;
  readonly label: string;
  readonly expires: number;
  /** When it was last seen; null for never. */
  readonly seen: number | null;
  /** When it last reported what it is; null where it never did. */
  readonly reported: number | null;
  readonly breaches: readonly Breach[];
}

/** @param now milliseconds since 1970 */
export function deviceGaps(now: number, devices: readonly WatchedDevice[]): readonly Gap[] {
  const expiring = devices.filter(({ expires }) => expires > now && expires - now < EXPIRING_MS);
  const broken = devices.filter(({ breaches }) => breaches.length > 0);
  return [...bounded(broken.map(outOfRule)), ...bounded(expiring.map((device) => endsSoon(now, device)))];
}

function outOfRule({ serial, address, label, reported, breaches }: WatchedDevice): Gap {
  return {
    kind: 'device-out-of-rule',
    subject: serial,
    severity: 'warning',
    since: reported,
    ...affecting([address]),
    text: `${label} of ${address}: ${breaches.map(describeBreach).join('. ')}; if that cannot be, revoke it`,
    mend: `chancery device revoke ${shellWord(serial)} --reason ${shellWord('breaks the rules for devices')}`,
    evidence: reported === null ? 'it never reported' : `reported ${dayOf(reported)}`,
  };
}

function endsSoon(now: number, { serial, address, label, expires, seen }: WatchedDevice): Gap {
  return {
    kind: 'device-certificate-expiring',
    subject: serial,
    severity: 'info',
    since: expires - EXPIRING_MS,
    ...affecting([address]),
    text:
      `the certificate of ${label} of ${address} holds for ${Math.ceil((expires - now) / DAY_MS)} days and was not renewed; ` +
      'it renews itself when the device connects; if it is out of use, revoke it',
    mend: `chancery device revoke ${shellWord(serial)} --reason ${shellWord('out of use')}`,
    evidence: seen === null ? 'never seen' : `last seen ${dayOf(seen)}`,
  };
}
