/** Whether the Node.js that runs this is one that the node runs on. */
import { failed, ok, type Check } from './check.ts';

/** libp2p needs what came with it: on older versions it starts, and then every dial fails. */
const LEAST = 24;

export function checkNodeVersion(version: string): Check {
  return Number.parseInt(version, 10) >= LEAST
    ? ok('node.js', `Node.js ${version}`)
    : failed('node.js', `Node.js ${version} is too old`, `install Node.js ${LEAST} or later`);
}
