import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import {
  formatConfig,
  OVERRIDES,
  parseConfig,
  type Config,
  type Environment,
} from '../../../node/config/index.ts';

const LEAST = 'version: 1\ndomain: acme.test\n';

function parse(text: string, env: Environment = {}): Config {
  const config = parseConfig(text, 'chancery.yaml', env);
  assert.ok(config.ok, config.ok ? '' : config.refusal.message);
  return config.value;
}

function refusal(text: string, env: Environment = {}): string {
  const config = parseConfig(text, 'chancery.yaml', env);
  assert.ok(!config.ok, 'was accepted');
  assert.equal(config.refusal.code, 'config.invalid');
  assert.doesNotMatch(config.refusal.message, /\n/);
  return config.refusal.message;
}

describe('a configuration', () => {
  it('needs no more than version and domain', () => {
    assert.deepEqual(parse(LEAST), {
      version: 1,
      domain: 'acme.test',
      roles: ['gateway', 'archive'],
      listen: ['/ip4/0.0.0.0/tcp/4710'],
      announce: [],
      dns: { servers: [], anchors: [], requireLevel: 'dnssec' },
      partners: {},
      dht: { enabled: true, bootstrap: [] },
      devices: {
        sessionHours: 24,
        idleLockMinutes: 15,
        maximumPerMember: 10,
        attestation: { keys: [], maxAgeDays: 30 },
      },
      archive: { copies: 1, deliveryDays: 90, verifySeconds: 3_600 },
      retention: { floorDays: 2_192, schedules: [], disposalsPerHour: 36_000 },
      oversight: { fourEyes: [], signed: true },
      inspection: { scanners: [] },
      recording: {
        required: false,
        notice: {
          en:
            'What you write and receive here is recorded by your organisation, and kept for as long as its rules ask, also ' +
            'where it leads to no deal. Your organisation can read it, and you can ask it for copies of it.',
        },
      },
      enrolment: { approval: 'none' },
      limits: { messageBytes: 65_536, attachmentBytes: 26_214_400, attachmentTypes: ['*/*'] },
      roster: { validHours: 24, graceHours: 24 },
      keys: { protected: false },
      metrics: {},
      log: { level: 'info', format: 'json' },
    });
  });

  it('as init writes it, is accepted and says what init decided', () => {
    const anchors = ['. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D'];
    const initial = {
      domain: 'acme.test',
      roles: ['gateway' as const],
      listen: ['/ip4/127.0.0.1/tcp/4711', '/ip6/::1/tcp/0'],
      announce: ['/dns4/a.acme.test/tcp/4711'],
      archiveNode: '/ip4/10.0.0.5/tcp/4710/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
      dnsServers: ['[2001:db8::1]:5300'],
      anchors,
      keysProtected: true,
    };
    const text = formatConfig(initial);
    assert.match(text, /^# yaml-language-server: \$schema=/);
    const config = parse(text);
    assert.deepEqual([config.roles, config.listen], [initial.roles, initial.listen]);
    assert.deepEqual([config.announce, config.archiveNode], [initial.announce, initial.archiveNode]);
    assert.deepEqual([config.dns.servers, config.dns.anchors], [initial.dnsServers, anchors]);
    assert.equal(config.keys.protected, true);
    const defaults = parse(formatConfig({ ...initial, roles: ['gateway', 'archive'], archiveNode: null }));
    assert.equal(defaults.archiveNode, undefined);
    // what stands there in comments is valid too
    parse(
      text.replace(
        /^# (?=(partners|dht|devices|enrolment|retention|oversight|recording|limits|roster|metrics|  ))/gm,
        '',
      ),
    );
  });

  const FAULTS: readonly [title: string, text: string, message: RegExp][] = [
    ['a tab for indentation', 'version: 1\n\tdomain: x', /^chancery\.yaml:2:1 is not YAML: /],
    ['a key given twice', `${LEAST}domain: b.test\n`, /^chancery\.yaml:3:1 is not YAML: .*unique/],
    ['two documents', `${LEAST}---\n${LEAST}`, /is not YAML/],
    ['nothing', '', /^chancery\.yaml holds no settings; it starts with "version: 1"/],
    ['a list', '- a\n', /holds no settings/],
    ['no domain', 'version: 1\n', /^chancery\.yaml:1:1 domain is missing; for example "acme\.example"/],
    [
      'another version',
      'version: 2\ndomain: a.test\n',
      /^chancery\.yaml:1:1 version is not one of 1; for example 1/,
    ],
    [
      'a misspelt key',
      `${LEAST}lissten: []\n`,
      /^chancery\.yaml:3:1 lissten is not a setting; remove it or mend/,
    ],
    [
      'a rule that asks for attestation where nobody attests',
      `${LEAST}devices:\n  diskEncryption: attested\n`,
      /devices\.attestation\.keys is empty, so nothing can be attested/,
    ],
    [
      'a ceiling below its floor',
      `${LEAST}retention:\n  floorDays: 30\n  ceilingDays: 29\n`,
      /^chancery\.yaml:5:3 retention\.ceilingDays is below floorDays, 30: what must be kept cannot have to go/,
    ],
    [
      'two schedules of one name',
      `${LEAST}retention:\n  schedules:\n    - { name: a, for: { role: x } }\n    - { name: a, for: { role: y } }\n`,
      /:6:\d+ retention\.schedules\.1\.name is there twice/,
    ],
    [
      'a schedule for nothing',
      `${LEAST}retention:\n  schedules:\n    - { name: a, for: {} }\n`,
      /retention\.schedules\.0\.for names nothing/,
    ],
    [
      'a schedule for what is no domain',
      `${LEAST}retention:\n  schedules:\n    - { name: a, for: { organisation: Bank } }\n`,
      /retention\.schedules\.0\.for\.organisation is not a domain in lower case/,
    ],
    [
      'an attestation key that is none',
      `${LEAST}devices:\n  attestation:\n    keys: [MCowBQYDK2VwAyEAAAAA]\n`,
      /:5:\d+ devices\.attestation\.keys\.0 is not an Ed25519 public key/,
    ],
    [
      'a version that is none',
      `${LEAST}devices:\n  clientVersion: { minimum: latest }\n`,
      /devices\.clientVersion\.minimum is not a version/,
    ],
    [
      'a misspelt key inside',
      `${LEAST}log:\n  level: info\n  fromat: json\n`,
      /:5:3 log\.fromat is not a setting/,
    ],
    [
      'a number for a text',
      `${LEAST}log:\n  level: 3\n`,
      /:4:3 log\.level is not one of fatal, .*for example "info"/,
    ],
    ['a text for a list', `${LEAST}listen: here\n`, /:3:1 listen is not of type array; for example \["\/ip4/],
    ['an empty section', `${LEAST}dns:\n`, /:3:1 dns is not of type object/],
    [
      'an address that is none',
      `${LEAST}listen:\n  - /ip4/0.0.0.0/tcp/4710\n  - 0.0.0.0:80\n`,
      /:5:5 listen\.1 is not a TCP multiaddr.*for example "\/ip4/,
    ],
    ['UDP', `${LEAST}listen: [/ip4/0.0.0.0/udp/4710]\n`, /listen\.0 is not a TCP multiaddr/],
    ['nowhere to listen', `${LEAST}listen: []\n`, /listen is empty/],
    [
      'a name server that is none',
      `${LEAST}dns: {servers: [ns.acme.test]}\n`,
      /dns\.servers\.0 is not a name server.*for example "192\.0\.2\.53:53"/,
    ],
    [
      'a trust anchor that is none',
      `${LEAST}dns: {anchors: ["test. IN DS 1 8 2 00"]}\n`,
      /dns\.anchors\.0 is not a DS record of the root/,
    ],
    [
      'a domain not in canonical form',
      'version: 1\ndomain: Acme.test\n',
      /:2:1 domain is not a domain in canonical form/,
    ],
    [
      'a partner not in canonical form',
      `${LEAST}partners:\n  B.test: {addresses: [/ip4/1.2.3.4/tcp/1]}\n`,
      /:4:3 partners\.B\.test is not a domain in canonical form/,
    ],
    [
      'a partner without addresses',
      `${LEAST}partners: {b.test: {addresses: []}}\n`,
      /partners\.b\.test\.addresses is empty; for example/,
    ],
    [
      'a limit above its bound',
      `${LEAST}limits: {messageBytes: 65537}\n`,
      /limits\.messageBytes is above 65536/,
    ],
    ['a limit below its bound', `${LEAST}limits: {messageBytes: 1}\n`, /limits\.messageBytes is below 4096/],
    ['a fraction', `${LEAST}roster: {validHours: 1.5}\n`, /roster\.validHours is not of type int/],
    ['a role twice', `${LEAST}roles: [archive, archive]\n`, /roles names a role twice/],
    [
      'a gateway without its archive',
      `${LEAST}roles: [gateway]\n`,
      /archiveNode is missing: a gateway without.*for example "\/ip4.*p2p/,
    ],
    [
      'an archive node beside one’s own archive',
      `${LEAST}archiveNode: /ip4/10.0.0.5/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA\n`,
      /archiveNode has no place here/,
    ],
    [
      'an archive node without peer id',
      `${LEAST}roles: [gateway]\narchiveNode: /ip4/10.0.0.5/tcp/1\n`,
      /archiveNode is not a TCP multiaddr that ends in \/p2p\//,
    ],
    ['several faults', `${LEAST}a: 1\nb: 2\nlog: {level: x}\n`, /\(and 1 more\)$/],
    [
      'more aliases than anybody needs',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      /holds no settings/,
    ],
    ['a file of another kind', 'x'.repeat(1_048_577), /is larger than/],
  ];
  for (const [title, text, message] of FAULTS) {
    it(`with ${title} is refused, saying where and what would do`, () => {
      assert.match(refusal(text), message);
    });
  }

  it('is a configuration or one refusal, whatever the text is', () => {
    const keys = ['version', 'domain', 'listen', 'dns', 'partners', 'log', 'roles', '__proto__', 'x'];
    const document = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }));
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.jsonValue().map((value) => stringify(value)),
      document.map((value) => LEAST + stringify(value)),
      document.map((value) => stringify(value)),
    );
    fc.assert(
      fc.property(
        text,
        fc.dictionary(fc.constantFrom(...Object.keys(OVERRIDES)), fc.string()),
        (yaml, env) => {
          const config = parseConfig(yaml, 'chancery.yaml', env);
          if (config.ok) assert.equal(config.value.version, 1);
          else assert.ok(config.refusal.code === 'config.invalid' && config.refusal.message.length > 0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the environment', () => {
  it('overrides the file, each variable what the table says', () => {
    const config = parse(`${LEAST}log: {level: warn, format: pretty}\ndns: {requireLevel: dns}\n`, {
      CHANCERY_LISTEN: '/ip4/127.0.0.1/tcp/1, /ip4/127.0.0.1/tcp/2',
      CHANCERY_ANNOUNCE: '',
      CHANCERY_DNS_SERVERS: '127.0.0.1:5300',
      CHANCERY_DHT_ENABLED: 'false',
      CHANCERY_LIMITS_MESSAGE_BYTES: '8192',
      CHANCERY_LOG_LEVEL: 'debug',
    });
    assert.deepEqual(config.listen, ['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2']);
    assert.deepEqual(config.announce, []);
    assert.deepEqual(config.dns, { servers: ['127.0.0.1:5300'], anchors: [], requireLevel: 'dns' });
    assert.equal(config.dht.enabled, false);
    assert.equal(config.limits.messageBytes, 8_192);
    assert.deepEqual(config.log, { level: 'debug', format: 'pretty' });
  });

  it('reaches every setting that the table names', () => {
    for (const [variable, { path }] of Object.entries(OVERRIDES)) {
      assert.match(refusal(LEAST, { [variable]: '?' }), new RegExp(`^${variable} \\(${path.join('[.]')}`));
    }
  });

  const FAULTS: readonly [variable: string, value: string, message: RegExp][] = [
    ['CHANCERY_LOG_LEVEL', 'loud', /^CHANCERY_LOG_LEVEL \(log\.level\) is not one of .*for example info$/],
    [
      'CHANCERY_LISTEN',
      '/ip4/127.0.0.1/tcp/1,nowhere',
      /^CHANCERY_LISTEN \(listen\.1\) is not a TCP multiaddr/,
    ],
    ['CHANCERY_LISTEN', '', /^CHANCERY_LISTEN \(listen\) is empty/],
    [
      'CHANCERY_DHT_ENABLED',
      'yes',
      /^CHANCERY_DHT_ENABLED \(dht\.enabled\) is not of type boolean; for example true$/,
    ],
    ['CHANCERY_LIMITS_MESSAGE_BYTES', '1e9', /is not of type number; for example 65536$/],
  ];
  for (const [variable, value, message] of FAULTS) {
    it(`is checked as the file is: ${variable}=${value}`, () => {
      assert.match(refusal(LEAST, { [variable]: value }), message);
    });
  }

  it('leaves alone what is not in the table', () => {
    assert.deepEqual(parse(LEAST, { CHANCERY_PORT: 'tcp://10.0.0.1', CHANCERY_HOME: '/x' }), parse(LEAST));
  });
});
