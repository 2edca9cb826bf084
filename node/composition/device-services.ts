/** What members' devices meet at their organisation: enrolment and approval, sessions with all they may ask, and the end. */
import type { Logger } from 'pino';
import type { RosterNode } from '../../protocol/statement/index.ts';
import {
  Contacts,
  DeviceControl,
  DeviceSessions,
  Farewell,
  MemberFiles,
  OwnDevices,
  Revocations,
  type Feed,
} from '../devices/index.ts';
import type { IncomingFiles, SealedFiles } from '../attachments/index.ts';
import { CaseDesk, CaseWork } from '../cases/index.ts';
import { Disclosure, OfficerFiles, SubjectAccess, type DisclosureOptions } from '../disclosure/index.ts';
import { Approvals, Enrolment } from '../enrolment/index.ts';
import type { PartnerDirectories } from '../federation/index.ts';
import { gatewayAddresses, type Authority, type Standing } from '../identity/index.ts';
import type { Intake } from '../intake/index.ts';
import { Notice } from '../recording/index.ts';
import {
  Accesses,
  Cases,
  DeviceReports,
  EnrolmentRequests,
  RecordingNotices,
  type DataKeys,
  type Ledger,
  type Members,
  type Messages,
  type OfficerActs,
  type Partners,
  type Signers,
} from '../ledger/index.ts';
import { Oversight, OversightDesk, Permission, type PolicyInForce } from '../oversight/index.ts';
import type { PolicyDesk } from '../policy/index.ts';
import type { Retaining } from '../retention/index.ts';
import type { SearchIndex } from '../search/index.ts';
import { platform } from './platform.ts';
import type { Reviewing } from './reviewing.ts';
import type { NodeSettings } from './settings.ts';

export interface DeviceServices {
  readonly devices: DeviceSessions;
  readonly deviceControl: DeviceControl;
  readonly deviceReports: DeviceReports;
  readonly revocations: Revocations;
  readonly approvals: Approvals;
  readonly enrolment: Enrolment;
  readonly accesses: Accesses;
  readonly cases: Cases;
  readonly caseWork: CaseWork;
}

export interface DeviceServicesOptions {
  readonly settings: Pick<NodeSettings, 'domain' | 'devices' | 'enrolmentApproval' | 'notice'>;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly partners: Partners;
  readonly messages: Messages;
  readonly searchIndex: SearchIndex;
  readonly signers: Signers;
  readonly dataKeys: DataKeys;
  readonly intake: Intake;
  readonly files: SealedFiles;
  readonly incoming: IncomingFiles;
  readonly feed: Feed;
  readonly authority: Authority;
  readonly standing: Standing;
  readonly directories: PartnerDirectories;
  readonly checkpoint: () => Promise<string>;
  readonly cosigned: DisclosureOptions['cosigned'];
  readonly retaining: Retaining;
  readonly policy: PolicyInForce;
  readonly acts: OfficerActs;
  readonly policies: PolicyDesk;
  readonly reviewing: Reviewing;
  readonly renewRoster: (changed?: RosterNode) => Promise<number>;
  readonly drop: (peerId: string) => Promise<void>;
  readonly logger: Logger;
}

export function openDeviceServices(options: DeviceServicesOptions): DeviceServices {
  const { ledger, members, partners, messages, signers, feed, authority, standing, directories } = options;
  const { files, incoming, searchIndex, retaining, policy, acts, policies } = options;
  const { settings, renewRoster, drop, intake, dataKeys, checkpoint, cosigned, logger: log } = options;
  const { domain } = settings;
  const { clock, randomBytes, suite } = platform;
  const reports = new DeviceReports(ledger);
  const accesses = new Accesses(ledger);
  const control = new DeviceControl({ rules: settings.devices, members, reports, suite, clock, log });
  const room = (address: string): ReturnType<DeviceControl['room']> => control.room(address);
  const farewell = new Farewell({ domain, members, reports, authority, clock });
  const revocations = new Revocations({ ledger, members, renewRoster, drop, clock });
  const nodes = (): string[] => gatewayAddresses(authority.roster);
  const requests = new EnrolmentRequests(ledger);
  const approvals = new Approvals({ members, requests, authority, nodes, room, sha256: suite.sha256, clock });
  const enrolment = new Enrolment({
    ...{ domain, members, authority, room, approvals, nodes, sha256: suite.sha256, clock, randomBytes },
    farewell: (request, peerId) => farewell.answer(request, peerId),
    approval: settings.enrolmentApproval,
    admitNode: async (peer, roles, addresses) => {
      await renewRoster({ peer, roles: [...roles], addresses: [...addresses] });
    },
  });
  const oversight = new Oversight({ domain, ledger, members, acts, retaining, policy, policies, suite });
  const isUnderFourEyes = (action: 'open' | 'export'): boolean => oversight.isUnderFourEyes(action);
  const permission = new Permission({ ledger, members, acts, isUnderFourEyes });
  const disclosure = new Disclosure({
    permission,
    ...{ ledger, members, messages, searchIndex, dataKeys, accesses, checkpoint, cosigned },
    chain: () => [standing.record.statement, standing.record.issuer, standing.record.root],
    signer: (device) => feed.signer(device),
  });
  const notices = new RecordingNotices(ledger);
  const notice = new Notice({ policy: settings.notice, notices, sha256: suite.sha256 });
  const cases = new Cases(ledger);
  const caseWork = new CaseWork({ ledger, members, cases });
  const devices = new DeviceSessions({
    ...{
      ledger,
      members,
      messages,
      signers,
      intake,
      feed,
      authority,
      control,
      disclosure,
      notice,
      clock,
      log,
    },
    contacts: new Contacts({ domain, members, messages, partners, signers, directories, feed }),
    custodians: retaining.custodians,
    cases: new CaseDesk({ ledger, cases, work: caseWork }),
    officerFiles: new OfficerFiles({ ledger, members, accesses, files, permission }),
    subjectAccess: new SubjectAccess({ ledger, members, accesses }),
    memberFiles: new MemberFiles({ ledger, messages, files, incoming, suite }),
    oversightDesk: new OversightDesk({ ledger, members, acts, holds: retaining.holds, policy, oversight }),
    officerDesk: options.reviewing.officerDesk,
    memberDesk: options.reviewing.memberDesk,
    ownDevices: new OwnDevices({ members, reports, revocations, clock }),
  });
  return {
    devices,
    deviceControl: control,
    deviceReports: reports,
    revocations,
    approvals,
    enrolment,
    accesses,
    cases,
    caseWork,
  };
}
