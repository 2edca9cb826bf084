/** The configuration's file: read at start, written once by `chancery init`, with comments for whoever edits it. */
import { readFile, writeFile } from 'node:fs/promises';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { createPrivateFile, hasCode, type HomeLayout } from '../home/index.ts';
import type { Environment } from './environment.ts';
import { configJsonSchema } from './json-schema.ts';
import { parseConfig } from './parse.ts';
import type { Config } from './schema.ts';

/** What `chancery init` decides; all the rest stands in the file as comments, with its default. */
export interface InitialConfig {
  readonly domain: string;
  readonly roles: Config['roles'];
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly archiveNode: string | null;
  readonly dnsServers: readonly string[];
  readonly anchors: readonly string[];
  readonly keysProtected: boolean;
}

/** Throws `config.missing` or `config.invalid`. */
export async function readConfig(file: string, env: Environment): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if (!hasCode(cause, 'ENOENT')) throw cause;
    throw new ChanceryError(
      'config.missing',
      `there is no configuration at ${file}; run chancery init, or name the home with --home`,
      { facts: { file }, cause },
    );
  });
  const config = parseConfig(text, file, env);
  if (!config.ok) throw ChanceryError.from(config.refusal);
  return config.value;
}

/** Writes the configuration, and beside it its schema for editors. Throws `home.exists` if there is one already. */
export async function writeConfig(home: HomeLayout, initial: InitialConfig): Promise<void> {
  await createPrivateFile(home.config, formatConfig(initial));
  await writeFile(home.configSchema, configJsonSchema());
}

/** The text of a first configuration; {@link parseConfig} accepts it. */
export function formatConfig(initial: InitialConfig): string {
  const { domain, roles, listen, announce, archiveNode, dnsServers, anchors, keysProtected } = initial;
  return `# yaml-language-server: $schema=./chancery.schema.json
# The configuration of this Chancery node. "chancery doctor" checks it; a change counts from the next start.
version: 1

# The domain of the organisation. Its keys belong to this domain: to change it, start a new home.
domain: ${domain}

# gateway: meets devices and partners. archive: keeps the organisation's log. One node can be both.
roles: [${roles.join(', ')}]
${archiveNode === null ? '' : `\n# The archive node of this organisation.\narchiveNode: ${text(archiveNode)}\n`}
# Where to listen, and what to tell others where that differs, such as behind a NAT.
listen: ${list(listen)}
announce: ${list(announce)}

dns:
  # Name servers as address or address:port; none means those of the system.
  servers: ${list(dnsServers)}
  # DNSSEC trust anchors as DS records of the root; none means those that IANA publishes.
  anchors: ${list(anchors)}
  # The least level at which a partner is accepted: dnssec, pinned or dns.
  requireLevel: dnssec

# Where partners answer, when neither their rosters nor the DHT can tell.
# partners:
#   partner.example:
#     addresses: [/dns4/chancery.partner.example/tcp/4710]

# Partners' addresses are found in the private DHT of federated nodes too.
# dht:
#   enabled: true
#   bootstrap: []

# What is asked of members' devices. A device that falls short is refused and told why. Evidence: self-reported takes
# the device's own word; attested asks for a statement signed by one of the attestation keys.
# devices:
#   sessionHours: 24
#   idleLockMinutes: 15
#   maximumPerMember: 10
#   clientVersion: { minimum: 0.1.0, evidence: self-reported }
#   osVersion: { minimum: { linux: "6.1", darwin: "23.0" }, evidence: self-reported }
#   diskEncryption: self-reported
#   managedId: attested
#   attestation:
#     keys: [MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=]
#     maxAgeDays: 30

# With a code alone (none), or with an operator's approval as well.
# enrolment:
#   approval: operator

# How long messages are kept in any case (floor), and when they go (ceiling; left out: never). The first schedule that is
# for a message counts. What is stored keeps the floor it came with. "chancery retention preview" shows what would go.
# retention:
#   floorDays: 2192
#   ceilingDays: 3653
#   schedules:
#     - name: chatter
#       for: { conversation: direct, content: text }
#       floorDays: 30
#       ceilingDays: 90

# What a second compliance officer has to approve, beside releases of holds: open, export, erasure, disposal, retention.
# oversight:
#   fourEyes: [export, retention]

# What members are shown, in the nearest of these languages, before they write; and whether each has to acknowledge it on each
# device first.
# recording:
#   required: true
#   notice:
#     en: What you write here is recorded by Acme, and kept for five years.
#     de: Was Sie hier schreiben, wird von Acme aufgezeichnet und fünf Jahre lang aufbewahrt.

# limits:
#   messageBytes: 65536
#   attachmentBytes: 26214400
#   attachmentTypes: [application/pdf, image/*]
# roster:
#   validHours: 24
#   graceHours: 24

# Whether every private key is to be under a passphrase; see "chancery key protect".
keys:
  protected: ${keysProtected}

# Where gaps, queues and sizes are served for a monitoring system of this machine, under /metrics.
# metrics:
#   listen: 127.0.0.1:9464

log:
  level: info
  format: json
`;
}

function list(items: readonly string[]): string {
  return `[${items.map(text).join(', ')}]`;
}

/** JSON strings are YAML strings, whatever they hold. */
function text(value: string): string {
  return JSON.stringify(value);
}
