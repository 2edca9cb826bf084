import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareVersions,
  judgeFacts,
  mergeFacts,
  type DeviceFacts,
  type DeviceRules,
} from '../../../protocol/device/index.ts';

const FACTS: DeviceFacts = {
  clientVersion: '1.2.3',
  platform: 'linux',
  osVersion: '6.1.0-18-amd64',
  diskEncryption: 'on',
  managedId: 'asset 4711',
};

const NOTHING: DeviceFacts = {
  clientVersion: null,
  platform: null,
  osVersion: null,
  diskEncryption: null,
  managedId: null,
};

const RULES: DeviceRules = {
  clientVersion: { minimum: '1.2', evidence: 'self-reported' },
  osVersion: { minimum: { linux: '6.1', darwin: '23' }, evidence: 'self-reported' },
  diskEncryption: { evidence: 'self-reported' },
  managedId: { evidence: 'self-reported' },
  sessionMs: 1,
  idleLockMs: null,
  maximum: 1,
  attestation: { keys: [], maxAgeMs: 1 },
};

const NO_RULES: DeviceRules = {
  ...RULES,
  clientVersion: null,
  osVersion: null,
  diskEncryption: null,
  managedId: null,
};

function broken(facts: DeviceFacts, rules = RULES, attested: Partial<DeviceFacts> | null = null): string[] {
  const known = mergeFacts(facts, attested === null ? null : { facts: attested, time: 1 });
  return judgeFacts(known, rules).map(({ rule }) => rule);
}

test('a device that meets every rule breaks none, and without rules nothing does', () => {
  assert.deepEqual(broken(FACTS), []);
  assert.deepEqual(broken(NOTHING, NO_RULES), []);
});

test('silence meets no rule', () => {
  assert.deepEqual(broken(NOTHING), ['clientVersion', 'osVersion', 'diskEncryption', 'managedId']);
});

test('each fact is held against its rule alone', () => {
  assert.deepEqual(broken({ ...FACTS, clientVersion: '1.1.99' }), ['clientVersion']);
  assert.deepEqual(broken({ ...FACTS, osVersion: '6.0.99' }), ['osVersion']);
  assert.deepEqual(broken({ ...FACTS, platform: 'darwin' }), ['osVersion']);
  assert.deepEqual(broken({ ...FACTS, platform: 'win32', osVersion: '10.0' }), ['osVersion']);
  assert.deepEqual(broken({ ...FACTS, platform: 'constructor' }), ['osVersion']);
  assert.deepEqual(broken({ ...FACTS, platform: null }), ['osVersion']);
  assert.deepEqual(broken({ ...FACTS, diskEncryption: 'off' }), ['diskEncryption']);
  assert.deepEqual(broken({ ...FACTS, managedId: null }), ['managedId']);
});

test('where attestation is asked for, the device’s own word will not do, and what is attested wins over it', () => {
  const rules: DeviceRules = { ...NO_RULES, diskEncryption: { evidence: 'attested' } };
  assert.deepEqual(broken(FACTS, rules), ['diskEncryption']);
  assert.deepEqual(broken(FACTS, rules, { osVersion: '6.1' }), ['diskEncryption']);
  assert.deepEqual(broken(FACTS, rules, { diskEncryption: 'on' }), []);
  assert.deepEqual(broken({ ...FACTS, diskEncryption: 'off' }, rules, { diskEncryption: 'on' }), []);
  assert.deepEqual(broken(FACTS, rules, { diskEncryption: 'off' }), ['diskEncryption']);
  const known = mergeFacts(FACTS, { facts: { ...NOTHING, managedId: 'asset 1' }, time: 7 });
  assert.deepEqual(known, {
    facts: { ...FACTS, managedId: 'asset 1' },
    attested: ['managedId'],
    attestedAt: 7,
  });
  assert.equal(mergeFacts(FACTS, { facts: NOTHING, time: 7 }).attestedAt, null);
});

test('versions are compared by their numbers', () => {
  const ascending = [
    'latest',
    '0',
    '0.9',
    '1',
    '1.0.1',
    '1.2',
    '1.10',
    '2.0-rc1',
    '10.0.22631',
    '10.0.22631.1',
  ];
  ascending.forEach((one, at) => {
    assert.equal(compareVersions(one, one), 0);
    for (const other of ascending.slice(at + 1)) {
      assert.equal(compareVersions(one, other), -1, `${one} < ${other}`);
      assert.equal(compareVersions(other, one), 1, `${other} > ${one}`);
    }
  });
  assert.equal(compareVersions('1', '1.0.0'), 0);
  assert.equal(compareVersions('v24.1', '24.1.0'), 0);
  assert.equal(compareVersions('6.1.0-18-amd64', '6.1'), 0);
});
