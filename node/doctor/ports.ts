/** Whether the node can listen where it is told to, or does so already. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { multiaddr } from '@multiformats/multiaddr';
import type { Config } from '../config/index.ts';
import { hasCode, lockHolder, type HomeLayout } from '../home/index.ts';
import { failed, ok, type Check } from './check.ts';

export async function checkPorts(home: HomeLayout, { listen }: Config): Promise<readonly Check[]> {
  const holder = await lockHolder(home);
  if (holder !== undefined) {
    const process = holder.pid === undefined ? 'our node' : `our node (process ${holder.pid})`;
    return [ok('ports', `${listen.join(', ')} held by ${process}`)];
  }
  const checks: Check[] = [];
  for (const address of listen) checks.push(await checkAddress(address, home)); // in turn: they may share a port
  return checks;
}

async function checkAddress(address: string, { config }: HomeLayout): Promise<Check> {
  const [host, port] = endpointOf(address);
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return ok('ports', `${address} is free`);
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) {
      return failed(
        'ports',
        `${address} is used by another program`,
        `end that one, or edit listen in ${config}`,
      );
    }
    if (hasCode(error, 'EACCES')) {
      return failed('ports', `${address} needs a right that this user lacks`, 'listen on a port above 1023');
    }
    return failed('ports', `${address} is not an address of this machine`, `edit listen in ${config}`);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
}

/** The configuration has made sure that it is a TCP multiaddr. */
function endpointOf(address: string): [host: string, port: number] {
  const components = multiaddr(address).getComponents();
  const port = components.find(({ name }) => name === 'tcp')?.value;
  return [components[0]?.value ?? '', Number(port)];
}
