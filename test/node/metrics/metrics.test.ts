/** Metrics as a monitoring system scrapes them. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startMetrics, type Readings } from '../../../node/metrics/index.ts';

/** Nothing of anything. */
const NOTHING: Readings = {
  gaps: () => [],
  entries: () => 0,
  devicesConnected: () => 0,
  backlogs: () => Promise.resolve([]),
  reviews: () => Promise.resolve(0),
  enrolments: () => Promise.resolve(0),
  decisions: () => Promise.resolve([]),
};

/** What a monitoring system reads of these, as often as it asks. */
async function scraped(t: TestContext, readings: Partial<Readings>, now = (): number => 0) {
  const server = await startMetrics({ host: '127.0.0.1', port: 0 }, { ...NOTHING, ...readings }, now);
  t.after(() => server.stop());
  return async (): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    return { status: answer.status, text: await answer.text() };
  };
}

test('two that scrape at once, or one that does so all the time, count nothing twice and read it once', async (t) => {
  let [reads, now] = [0, 0];
  const scrape = await scraped(
    t,
    {
      decisions: async () => {
        reads += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return [{ rule: 'cards', outcome: 'block' }];
      },
    },
    () => now,
  );
  const texts = await Promise.all([scrape(), scrape(), scrape()]);
  texts.push(await scrape());
  for (const { text } of texts) assert.match(text, /decisions_total\{rule="cards",outcome="block"\} 1\n/);
  assert.equal(reads, 1);
  now += 5_000;
  assert.match((await scrape()).text, /outcome="block"\} 2\n/);
});

test('what cannot be read once is read at the next scrape', async (t) => {
  let fails = true;
  const scrape = await scraped(t, {
    reviews: () => (fails ? Promise.reject(new Error('closed')) : Promise.resolve(3)),
  });
  assert.equal((await scrape()).status, 500);
  fails = false;
  assert.match((await scrape()).text, /chancery_waiting\{what="review"\} 3\n/);
});

test('however many rules there were, their labels are bounded, and a hostile name stays one label', async (t) => {
  const hostile = 'x"} 9\n# EOF\nother{a="';
  const scrape = await scraped(t, {
    decisions: () =>
      Promise.resolve(Array.from({ length: 5_000 }, (_, at) => ({ rule: `rule-${at}`, outcome: 'flag' }))),
    backlogs: () => Promise.resolve([{ partner: hostile, messages: 1 }]),
  });
  const { text } = await scrape();
  const lines = text.split('\n');
  const rules = lines.filter((line) => line.startsWith('chancery_policy_decisions_total{'));
  assert.equal(rules.length, 1_025);
  assert.ok(rules.includes('chancery_policy_decisions_total{rule="others:",outcome="flag"} 3976'));
  assert.equal(lines.filter((line) => line === '# EOF').length, 1);
  assert.ok(lines.includes('chancery_outbox_messages{partner="x\\"} 9\\n# EOF\\nother{a=\\""} 1'));
});

test('gaps, sizes, queues and decisions are scraped in the OpenMetrics format, decisions each once', async (t) => {
  let decisions = [
    { rule: 'cards', outcome: 'block' },
    { rule: 'cards', outcome: 'block' },
  ];
  let gaps = [{ kind: 'backup-old', severity: 'warning' }];
  const readings: Readings = {
    gaps: () => gaps,
    entries: () => 42,
    devicesConnected: () => 3,
    backlogs: () => Promise.resolve([{ partner: 'partner.test', messages: 7 }]),
    reviews: () => Promise.resolve(2),
    enrolments: () => Promise.resolve(1),
    decisions: () => Promise.resolve(decisions),
  };
  let now = 0;
  const server = await startMetrics({ host: '127.0.0.1', port: 0 }, readings, () => now);
  t.after(() => server.stop());
  const scrape = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/openmetrics-text/);
    return answer.text();
  };
  const text = await scrape();
  for (const line of [
    'chancery_gaps{kind="backup-old",severity="warning"} 1',
    'chancery_archive_entries 42',
    'chancery_devices_connected 3',
    'chancery_outbox_messages{partner="partner.test"} 7',
    'chancery_waiting{what="review"} 2',
    'chancery_waiting{what="enrolment"} 1',
    'chancery_policy_decisions_total{rule="cards",outcome="block"} 2',
  ])
    assert.ok(text.split('\n').includes(line), `${line} in\n${text}`);
  assert.ok(text.endsWith('# EOF\n'));
  decisions = [];
  gaps = [];
  now += 5_000;
  const again = await scrape();
  assert.match(again, /decisions_total\{rule="cards",outcome="block"\} 2/);
  assert.doesNotMatch(again, /backup-old/, 'a gap that is gone is scraped no more');
});
