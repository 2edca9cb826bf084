/** What people decide about messages put together: the queue of officers, who of partners is accepted, what is reported. */
import type { Signer } from '../../protocol/crypto/index.ts';
import type { Feed } from '../devices/index.ts';
import {
  Requests,
  ReviewQueue,
  type Ledger,
  type Members,
  type Messages,
  type Signers,
  type Turn,
} from '../ledger/index.ts';
import { ReportDesk, Verdicts } from '../reports/index.ts';
import { ContactDesk, MemberDesk, OfficerDesk, Parties, RequestList, ReviewDesk } from '../review/index.ts';
import { platform } from './platform.ts';
import type { Policing } from './policing.ts';

export interface ReviewingOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly messages: Messages;
  readonly signers: Signers;
  readonly feed: Feed;
  readonly policing: Policing;
  readonly statementSigner: Signer;
  /** What is decided is recorded before the next is, also what partners report. */
  readonly turn: Turn;
}

export interface Reviewing {
  readonly queue: ReviewQueue;
  readonly reviews: ReviewDesk;
  readonly requests: Requests;
  readonly requestList: RequestList;
  readonly contactDesk: ContactDesk;
  readonly officerDesk: OfficerDesk;
  readonly memberDesk: MemberDesk;
}

export function openReviewing(options: ReviewingOptions): Reviewing {
  const { ledger, members, messages, feed, policing } = options;
  const { decisions, policies, reports, imitated } = policing;
  const queue = new ReviewQueue(ledger);
  const requests = new Requests(ledger);
  const parties = new Parties(members, messages);
  const verdicts = new Verdicts(options);
  const reviews = new ReviewDesk({ ...options, queue, reports, parties, verdicts });
  const contactDesk = new ContactDesk({ ...options, decisions, requests, policies });
  const requestList = new RequestList({
    ...{ ledger, decisions, requests, imitated },
    contacts: contactDesk,
    personOf: (device) => feed.signer(device)?.person,
  });
  const reporting = new ReportDesk({
    ...{ ...options, reports, suite: platform.suite },
    mayTell: (...told) => policing.enforcement.mayTell(...told),
  });
  return {
    ...{ queue, reviews, requests, requestList, contactDesk },
    officerDesk: new OfficerDesk({ members, messages, queue, parties, reviews }),
    memberDesk: new MemberDesk({ contacts: contactDesk, list: requestList, reporting }),
  };
}
