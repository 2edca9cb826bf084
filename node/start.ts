/**
 * Starts the node of a home. What can be wrong with the home itself, its configuration and that a node runs for it
 * already, is told before the network and all the services are loaded.
 */
import type { RunningNode } from './cli/dependencies.ts';
import { readConfig, type Environment } from './config/index.ts';
import { lockHome, type HomeLayout } from './home/index.ts';
import type { Passphrase } from './keys/index.ts';

/** Runs the node of a home until it is stopped. Throws `config.*`, `key.*`, `certificate.*`, `node.running`, `archive.*`. */
export async function startNode(
  home: HomeLayout,
  env: Environment,
  passphrase: Passphrase,
): Promise<RunningNode> {
  const config = await readConfig(home.config, env);
  const lock = await lockHome(home);
  try {
    const { runNode } = await import('./node.ts');
    return await runNode({ home, config, passphrase, release: () => lock.release() });
  } catch (error) {
    await lock.release();
    throw error;
  }
}
