/** Comparing our log with partners', and showing them ours, put together. */
import type { Logger } from 'pino';
import { Exchanges, Losses, ReceiptEvidence } from '../ledger/index.ts';
import { Reconciler, ReconcileServer, type OpenReconcile } from '../reconcile/index.ts';
import type { Organisation } from './organisation.ts';
import { platform } from './platform.ts';

export interface Reconciling {
  readonly reconciler: Reconciler;
  readonly server: ReconcileServer;
  readonly evidence: ReceiptEvidence;
}

export function openReconciling(organisation: Organisation, open: OpenReconcile, log: Logger): Reconciling {
  const { domain, ledger, messages, partners, trust, checkpoint, statementSigner, witnessing } = organisation;
  const { suite, clock } = platform;
  const exchanges = new Exchanges(ledger);
  const evidence = new ReceiptEvidence(ledger);
  const losses = new Losses(ledger);
  const { partnerLogs } = witnessing;
  const { publicKey } = statementSigner;
  const compared = { domain, ledger, messages, exchanges, losses, partnerLogs, evidence, open, publicKey };
  const reconciler = new Reconciler({ ...compared, partners, suite, clock, log });
  const server = new ReconcileServer({
    ledger,
    exchanges,
    trust,
    checkpoint,
    onAsked: (partner, range) => reconciler.inReturn(partner, range),
    clock,
    log,
  });
  return { reconciler, server, evidence };
}
