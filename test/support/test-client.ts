/** A member's client as it is shipped, on a throw-away home, connected to a node of this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrolNodeClient, openNodeClient } from '../../client/adapters/index.ts';
import type { Client } from '../../client/index.ts';
import type { TestNode } from './test-node.ts';

export interface TestClient extends AsyncDisposable {
  readonly client: Client;
  readonly home: string;
}

/** Adds the member if need be, invites, enrols, and connects. */
export async function joinClient(node: TestNode, address: string, name: string): Promise<TestClient> {
  await node.operations['member.add']({ address, name, roles: ['member'] }).catch(() => undefined);
  const { invitation } = await node.operations['member.invite']({ address });
  const home = await mkdtemp(join(tmpdir(), 'chancery-client-'));
  await enrolNodeClient({ home, invitation, label: 'test client' });
  const client = await openNodeClient({ home });
  await client.connect();
  return {
    client,
    home,
    /** Closes the client there is by then: a test may have opened another one in the same home. */
    async [Symbol.asyncDispose](this: TestClient) {
      await this.client.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
