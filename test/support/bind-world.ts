/** Organisations under zones that BIND signs and serves, and that change as their owners change them. */
import assert from 'node:assert/strict';
import { createDnsClient } from '../../node/dns/index.ts';
import { parseTrustAnchor } from '../../protocol/dnssec/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { startBind, type LiveBind } from './bind.ts';
import { startTestNode, type TestNode } from './test-node.ts';
import type { NodeSettings } from '../../node/composition/index.ts';

export class BindWorld implements AsyncDisposable {
  readonly bind: LiveBind;
  readonly #nodes = new Set<TestNode>();
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(bind: LiveBind) {
    this.bind = bind;
  }

  static async start(...domains: string[]): Promise<BindWorld> {
    const zones = domains.map((name) => ({ name, parent: 'test' }));
    return new BindWorld(await startBind([...zones, { name: 'test', parent: '.' }, { name: '.' }]));
  }

  /** Starts an organisation and publishes its record. */
  async organisation(domain: string, change: Partial<NodeSettings> = {}): Promise<TestNode> {
    const anchors = [valueOf(parseTrustAnchor(this.bind.anchorLine))];
    const unpublished = { setTxt: () => undefined, anchors };
    const { address } = this.bind;
    const node = await startTestNode({ tree: unpublished, server: { address } }, domain, {
      dns: createDnsClient({ servers: [address] }),
      ...change,
    });
    this.#nodes.add(node);
    await this.publish(domain, node.made.record.text);
    await node.node.organisation.ownProof.refresh();
    return node;
  }

  /** Stops a node, and starts it again from its folder. */
  async restart(node: TestNode): Promise<TestNode> {
    this.#nodes.delete(node);
    const again = await node.restart();
    this.#nodes.add(again);
    return again;
  }

  /** What the domain says from now on. */
  async publish(domain: string, ...texts: string[]): Promise<void> {
    await this.bind.update(domain, { records: texts.map((text) => `_chancery TXT "${text}"`) });
  }

  stopLater(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops.toReversed()) await stop();
    const faults: unknown[] = [];
    for (const node of this.#nodes) {
      faults.push(...(await faultsOf(node)));
      await node.stop();
    }
    await this.bind.stop().catch(() => undefined); // one that was taken down is gone already
    assert.deepEqual(faults, [], 'every archive verifies, whatever became of keys and zones');
  }
}

/** What is wrong in its archive, unless the node was stopped meanwhile. */
async function faultsOf({ operations }: TestNode): Promise<unknown[]> {
  try {
    return (await operations['archive.verify']({})).faults;
  } catch (error) {
    if (error instanceof ChanceryError && error.code === 'archive.closed') return [];
    throw error;
  }
}
