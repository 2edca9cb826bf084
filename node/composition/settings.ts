/** What a node is made from: everything read, checked and decided before it starts. */
import type { Logger } from 'pino';
import type { DnsClient } from '../dns/index.ts';
import type { DeviceRules } from '../../protocol/device/index.ts';
import type { TrustAnchor } from '../../protocol/dnssec/index.ts';
import type { FileRules } from '../intake/index.ts';
import type { KeyCopy, KeyStore } from '../keys/index.ts';
import type { OrganisationRecord } from '../ledger/index.ts';
import type { OversightRules } from '../oversight/index.ts';
import type { ScannerSetting } from '../config/index.ts';
import type { NoticePolicy } from '../recording/index.ts';
import type { RetentionPolicy } from '../retention/index.ts';

export interface NodeSettings {
  readonly domain: string;
  readonly roles: readonly ('gateway' | 'archive')[];
  /** Multiaddrs to listen on, and to tell others where they differ. */
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly dht: boolean;
  readonly dns: DnsClient;
  readonly anchors: readonly TrustAnchor[];
  /** The least level at which a partner is accepted. */
  readonly requireLevel: OrganisationRecord['level'];
  /** Where partners' nodes are, by domain, beside what their rosters and the DHT say. */
  readonly partnerAddresses: ReadonlyMap<string, readonly string[]>;
  /** For a gateway alone: its archive's multiaddr, with peer id. */
  readonly archiveNode: string | null;
  /** What this organisation asks of devices. */
  readonly devices: DeviceRules;
  /** Whether a code suffices to enrol a member's device, or an operator approves it too. */
  readonly enrolmentApproval: 'none' | 'operator';
  readonly messageBytes: number;
  /** Which files are accepted. */
  readonly files: FileRules;
  readonly rosterSeconds: number;
  readonly graceSeconds: number;
  /** How many archive nodes must hold an entry before it counts as archived. */
  readonly archiveCopies: number;
  /** Days after the end of its month for which a message can be delivered. */
  readonly deliveryDays: number;
  /** How long messages are kept, and when they go. */
  readonly retention: RetentionPolicy;
  /** What officers do together, and sign themselves. */
  readonly oversight: OversightRules;
  /** What members are told of being recorded. */
  readonly notice: NoticePolicy;
  /** What looks for malware in the files of messages. */
  readonly scanners: readonly ScannerSetting[];
  /** In how many seconds the whole archive is verified, again and again. */
  readonly verifySeconds: number;
  /** The folder of the archive's database. */
  readonly archiveLocation: string;
  /** The folder of the files beside it. */
  readonly attachmentsLocation: string;
  /** What a backup takes from the home beside the log. */
  readonly home: {
    readonly directory: string;
    /** The configuration's text. */
    readonly config: () => Promise<string>;
    /** Every private key as it is kept. Throws `key.unprotected` where one is not under a passphrase. */
    readonly protectedKeys: () => Promise<readonly KeyCopy[]>;
  };
  /** The node's own key is `node`; where the archive is, there are `issuer` and `statement` too. */
  readonly keys: KeyStore;
  /** DER. */
  readonly certificates: {
    readonly root: Uint8Array;
    readonly issuer: Uint8Array;
    readonly statement: Uint8Array;
    readonly node: Uint8Array;
  };
  /** Keeps the certificates in force where other tools find them: what counts is the log. */
  readonly keepCertificates: (
    certificates: Record<'root' | 'issuer' | 'statement', Uint8Array>,
  ) => Promise<void>;
  /** For a gateway alone: the bundle it was given, and where a newer one is kept. */
  readonly gatewayBundle: Uint8Array | null;
  readonly keepGatewayBundle: (bundle: Uint8Array) => Promise<void>;
  /** Where metrics are served on this machine; null for nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  readonly version: string;
  readonly log: Logger;
}
