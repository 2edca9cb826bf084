/** Where metrics are served: on this machine alone, and nowhere unless somebody says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsPlaceOf } from '../../../node/config/index.ts';
import { parseConfig } from '../../../node/config/parse.ts';

function placeOf(listen: string): { readonly host: string; readonly port: number } | null | undefined {
  const config = parseConfig(
    `version: 1\ndomain: acme.test\nmetrics: { listen: "${listen}" }\n`,
    'chancery.yaml',
    {},
  );
  return config.ok ? metricsPlaceOf(config.value.metrics) : undefined;
}

test('metrics are served nowhere unless the configuration says so', () => {
  assert.equal(metricsPlaceOf({}), null);
});

test('metrics are served at loopback addresses, and at no other', () => {
  assert.deepEqual(placeOf('127.0.0.1:9464'), { host: '127.0.0.1', port: 9464 });
  assert.deepEqual(placeOf('[::1]:9464'), { host: '::1', port: 9464 });
  for (const other of [
    '0.0.0.0:9464',
    '10.0.0.5:9464',
    '[::]:9464',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:70000',
    '127.0.0.999:9464',
    'localhost:9464',
  ])
    assert.equal(placeOf(other), undefined, other);
});
