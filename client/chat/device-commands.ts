/** A member's own devices: shown, and revoked when one is lost. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { OwnDevice } from '../index.ts';
import { printable } from './printable.ts';
import type { Session } from './session.ts';
import type { Paint } from './voice.ts';

/** Digits of a serial that name a device: the beginning will do where it is the only one. */
const SERIAL_PREFIX = /^[0-9a-f]{4,64}$/;

export async function showDevices({ client, voice }: Session): Promise<void> {
  for (const device of await client.devices()) {
    voice.say({ ...device, ...timesOf(device) }, deviceLine(device, voice.paint));
  }
}

/** Revokes a device by the beginning of its serial. This one is wiped by that: done when nothing is left of it. */
export async function revokeDevice({ client, voice }: Session, name: string, reason: string): Promise<void> {
  const device = findDevice(await client.devices(), name);
  const wiped = new Promise((resolve) => client.onWiped(resolve));
  try {
    await client.revokeDevice(device.serial, reason);
  } catch (error) {
    // this device is told that it is revoked before it is told that it did so
    if (!device.current || !(error instanceof ChanceryError) || error.code !== 'device.revoked') throw error;
  }
  if (device.current) await wiped;
  voice.say(
    { serial: device.serial, label: device.label, current: device.current, state: 'revoked' },
    device.current
      ? 'This device is revoked, and everything it held is destroyed.'
      : `${printable(device.label)} is revoked; it is wiped when it next reaches your organisation.`,
  );
}

/** Throws `device.unknown`, or `request.invalid` where several are meant. */
function findDevice(devices: readonly OwnDevice[], name: string): OwnDevice {
  const wanted = name.toLowerCase();
  const found = SERIAL_PREFIX.test(wanted)
    ? devices.filter(({ serial }) => serial.startsWith(wanted))
    : devices.filter(({ label, state }) => label === name && state !== 'revoked');
  const [device, ...more] = found;
  if (device === undefined) {
    throw new ChanceryError(
      'device.unknown',
      `you have no device ${JSON.stringify(name)}; see chancery-chat devices`,
    );
  }
  if (more.length > 0) {
    throw new ChanceryError(
      'request.invalid',
      `${JSON.stringify(name)} names ${more.length + 1} devices; use more of the id`,
    );
  }
  return device;
}

function deviceLine(device: OwnDevice, paint: Paint): string {
  const { serial, label, current, seen } = device;
  const name = paint.bold(printable(label));
  const here = current ? paint.green(' (this device)') : '';
  const last = seen === null ? 'not seen yet' : `last seen ${timeOf(seen)}`;
  return `${serial}  ${name}${here}  ${stateOf(device)}  ${paint.dim(`enrolled ${timeOf(device.enrolled)}, ${last}`)}`;
}

function stateOf({ state, wiped }: OwnDevice): string {
  if (state !== 'revoked') return state;
  return wiped === null ? 'revoked, wipe not confirmed' : `revoked, wiped ${timeOf(wiped)}`;
}

/** Times as programs read them. */
function timesOf({ enrolled, expires, seen, wiped }: OwnDevice): Record<string, string | null> {
  const iso = (time: number): string => new Date(time).toISOString();
  return {
    enrolled: iso(enrolled),
    expires: iso(expires),
    seen: seen === null ? null : iso(seen),
    wiped: wiped === null ? null : iso(wiped),
  };
}

function timeOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
