/** How devices are shown. */
import type { OperationOutput } from '../../operations/contract.ts';
import { table, when } from '../layout.ts';

export function deviceTable(devices: OperationOutput<'device.list'>['devices']): string {
  return table(
    ['SERIAL', 'MEMBER', 'DEVICE', 'STATE', 'ENROLLED', 'EXPIRES'],
    devices.map((device) => [
      device.serial,
      device.address,
      device.label,
      device.state,
      when(device.enrolled),
      when(device.expires),
    ]),
    'no devices yet; invite one with chancery member invite',
  );
}
