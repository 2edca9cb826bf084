/** Metrics as a monitoring system scrapes them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMetrics, type Readings } from '../../../node/metrics/index.ts';

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
  const server = await startMetrics({ host: '127.0.0.1', port: 0 }, readings);
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
  const again = await scrape();
  assert.match(again, /decisions_total\{rule="cards",outcome="block"\} 2/);
  assert.doesNotMatch(again, /backup-old/, 'a gap that is gone is scraped no more');
});
