/** Several organisations as real processes under one development DNS tree, each the partner of every other. */
import { join } from 'node:path';
import { DnsTree, type NameServer } from '../dns/index.ts';
import { OrganisationProcess } from './organisation-process.ts';

export class Federation {
  readonly tree: DnsTree;
  readonly server: NameServer;
  readonly organisations: readonly OrganisationProcess[];

  private constructor(tree: DnsTree, server: NameServer, organisations: readonly OrganisationProcess[]) {
    this.tree = tree;
    this.server = server;
    this.organisations = organisations;
  }

  /** Makes and starts the organisations in a folder; with `agreed`, every pair of them are partners. */
  static async start(folder: string, domains: readonly string[], agreed = true): Promise<Federation> {
    const tree = new DnsTree({ zones: ['test', ...domains] });
    const server = await tree.serve();
    const organisations: OrganisationProcess[] = [];
    const federation = new Federation(tree, server, organisations);
    try {
      for (const domain of domains) organisations.push(await federation.add(folder, domain));
      if (agreed) {
        for (const a of organisations) for (const b of organisations) if (a !== b) await agree(a, b);
      }
      return federation;
    } catch (error) {
      await federation[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Makes one more organisation, publishes its record, and starts it. */
  async add(folder: string, domain: string): Promise<OrganisationProcess> {
    const organisation = await OrganisationProcess.create({
      domain,
      directory: join(folder, domain),
      dnsServer: this.server.address,
      anchors: this.tree.anchorLines,
    });
    const { record } = organisation.made;
    if (record !== null) this.tree.setTxt(record.name, [record.value]);
    await organisation.start();
    return organisation;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.organisations.map((organisation) => organisation[Symbol.asyncDispose]()));
    await this.server.stop();
  }
}

/** `a` agrees to federate with `b`, and is told where its node is. */
export async function agree(a: OrganisationProcess, b: OrganisationProcess): Promise<void> {
  const { addresses } = await b.call('status', {});
  const where = addresses.flatMap((address) => ['--address', address]);
  await a.cli(['partner', 'add', b.domain, ...where, '--yes']);
}
