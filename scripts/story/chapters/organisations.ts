/** Two organisations come to be: keys, a record in the signed zone, a node. */
import type { Chapter } from '../chapter.ts';
import { expect } from '../narrator.ts';
import type { Stage } from '../stage.ts';

const DOMAINS = ['acme.test', 'partner.test'] as const;

export const organisations: Chapter = {
  title: 'Two organisations, each with its keys, its record and its node',
  about:
    'A small name server on loopback serves a signed tree with a root of its own, in place of the public DNS. Each organisation makes its keys, publishes the fingerprint of its root in its zone, and runs a node.',
  async play(stage) {
    const { narrator, names } = stage;
    narrator.output(`name server ${names.server.address}, trust anchor ${names.tree.anchorLines.join()}`);
    for (const domain of DOMAINS) {
      const server = `--dns-server ${names.server.address} --anchor "…"`;
      narrator.command(domain, `chancery init ${domain} --listen /ip4/127.0.0.1/tcp/… ${server}`);
    }
    await narrator.step('both have keys, and their records are published', () =>
      Promise.all(DOMAINS.map((domain) => stage.found(domain))),
    );
    for (const domain of DOMAINS) {
      const { record } = stage.organisation(domain).made;
      narrator.output(`${record?.name}. TXT "${record?.value}"`);
      narrator.command(domain, 'chancery start');
    }
    await narrator.step(
      'both nodes run',
      () => Promise.all(DOMAINS.map((domain) => start(stage, domain))),
      (pids) => `both nodes run, as processes ${pids.join(' and ')}`,
    );
  },
};

async function start(stage: Stage, domain: string): Promise<number> {
  const organisation = stage.organisation(domain);
  await organisation.start();
  const { addresses } = await organisation.call('status', {});
  expect(addresses.length > 0, `${domain} listens nowhere`);
  return organisation.pid;
}
