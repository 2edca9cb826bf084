/**
 * The commands in the order of the help: what each is called and what it is for. The rest of a command is declared in
 * its own file, which is loaded when the command line names it: a start costs what its command needs, and no more.
 */
import type { Command } from 'commander';
import type { Dependencies } from './dependencies.ts';
import type { OpenSession } from './session.ts';

/** Gives a command its description, arguments, options, sub-commands and action. */
export type Declare = (command: Command, open: OpenSession, dependencies: Dependencies) => void;

export interface TableEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Declare>;
}

export const COMMANDS: readonly TableEntry[] = [
  {
    name: 'init',
    summary: 'make the keys, certificates and configuration of a node',
    load: async () => (await import('./commands/init.ts')).declareInit,
  },
  {
    name: 'doctor',
    summary: 'find what is wrong, and say how to mend it',
    load: async () => (await import('./commands/doctor.ts')).declareDoctor,
  },
  {
    name: 'start',
    summary: 'run the node in the foreground',
    load: async () => (await import('./commands/start.ts')).declareStart,
  },
  {
    name: 'status',
    summary: 'show how the running node does',
    load: async () => (await import('./commands/status.ts')).declareStatus,
  },
  {
    name: 'gaps',
    summary: 'show which controls do not work, or not for certain, and what mends each',
    load: async () => (await import('./commands/gaps.ts')).declareGaps,
  },
  {
    name: 'identity',
    summary: 'show who an organisation is, and change its keys',
    load: async () => (await import('./commands/identity.ts')).declareIdentity,
  },
  {
    name: 'key',
    summary: 'list, protect and copy the private keys of this home',
    load: async () => (await import('./commands/key.ts')).declareKey,
  },
  {
    name: 'member',
    summary: 'add, show, invite, change, suspend and remove members',
    load: async () => (await import('./commands/member.ts')).declareMember,
  },
  {
    name: 'device',
    summary: 'list, show, approve and revoke the devices of members',
    load: async () => (await import('./commands/device.ts')).declareDevice,
  },
  {
    name: 'node',
    summary: 'invite, list and remove the nodes of this organisation',
    load: async () => (await import('./commands/node.ts')).declareNode,
  },
  {
    name: 'partner',
    summary: 'add, show, change and remove partner organisations',
    load: async () => (await import('./commands/partner.ts')).declarePartner,
  },
  {
    name: 'archive',
    summary: 'read and verify the organisation’s archive',
    load: async () => (await import('./commands/archive.ts')).declareArchive,
  },
  {
    name: 'audit',
    summary: 'show who looked at, held, erased and disposed of what',
    load: async () => (await import('./commands/audit.ts')).declareAudit,
  },
  {
    name: 'retention',
    summary: 'show how long messages are kept, what would go, and what went',
    load: async () => (await import('./commands/retention.ts')).declareRetention,
  },
  {
    name: 'hold',
    summary: 'place, show and release legal holds',
    load: async () => (await import('./commands/hold.ts')).declareHold,
  },
  {
    name: 'erasure',
    summary: 'erase what a person wrote, as far as it may go',
    load: async () => (await import('./commands/erasure.ts')).declareErasure,
  },
  {
    name: 'preservation',
    summary: 'ask partners to preserve what was exchanged, and answer theirs',
    load: async () => (await import('./commands/preservation.ts')).declarePreservation,
  },
  {
    name: 'review',
    summary: 'what waits for a review, and who reviewed what',
    load: async () => (await import('./commands/review.ts')).declareReview,
  },
  {
    name: 'contact',
    summary: 'people of partners who write for the first time: accept or decline them',
    load: async () => (await import('./commands/contact.ts')).declareContact,
  },
  {
    name: 'report',
    summary: 'messages that were reported as phishing',
    load: async () => (await import('./commands/report.ts')).declareReport,
  },
  {
    name: 'case',
    summary: 'lead cases: searches, tags, notes, reviewers',
    load: async () => (await import('./commands/case.ts')).declareCase,
  },
  {
    name: 'policy',
    summary: 'check, plan, try and apply the rules for messages',
    load: async () => (await import('./commands/policy.ts')).declarePolicy,
  },
  {
    name: 'backup',
    summary: 'copy the running node’s archive to a folder, or check such a copy',
    load: async () => (await import('./commands/backup.ts')).declareBackup,
  },
  {
    name: 'restore',
    summary: 'make a home from a backup',
    load: async () => (await import('./commands/restore.ts')).declareRestore,
  },
  {
    name: 'verify',
    summary: 'check an export of archived messages, with no node and no home',
    load: async () => (await import('./commands/verify.ts')).declareVerify,
  },
];
