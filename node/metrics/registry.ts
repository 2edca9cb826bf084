/**
 * The metrics of a node in the OpenMetrics text format (1.0.0). Guarantees: no metric names a person or says what was said;
 * labels are partners, rules and closed words, and their number is bounded.
 */
import { Counter, Gauge, Registry, type OpenMetricsContentType } from 'prom-client';
import type { Readings } from './readings.ts';

/** Rules told apart since the start: a policy has 256 at most, and those that come later count together. */
const MAX_RULES_TOLD = 1_024;

/** What counts for rules beyond them. No rule can be named so. */
const OTHERS = 'others:';

export function registryOf(readings: Readings): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  new Gauge({
    name: 'chancery_gaps',
    help: 'Controls without evidence that they work, by kind and severity; see chancery gaps.',
    labelNames: ['kind', 'severity'],
    registers,
    collect() {
      this.reset();
      for (const { kind, severity } of readings.gaps()) this.inc({ kind, severity });
    },
  });
  new Gauge({
    name: 'chancery_archive_entries',
    help: 'Entries of the archive.',
    registers,
    collect() {
      this.set(readings.entries());
    },
  });
  new Gauge({
    name: 'chancery_devices_connected',
    help: 'Devices of members that are connected.',
    registers,
    collect() {
      this.set(readings.devicesConnected());
    },
  });
  addQueues(registry, readings);
  const told = new Set<string>();
  const labelOf = (rule: string): string => {
    if (!told.has(rule) && told.size >= MAX_RULES_TOLD) return OTHERS;
    told.add(rule);
    return rule;
  };
  new Counter({
    name: 'chancery_policy_decisions',
    help: 'Decisions of the policy since the start, by rule and outcome.',
    labelNames: ['rule', 'outcome'],
    registers,
    async collect() {
      for (const { rule, outcome } of await readings.decisions()) this.inc({ rule: labelOf(rule), outcome });
    },
  });
  return registry;
}

function addQueues(registry: Registry<OpenMetricsContentType>, readings: Readings): void {
  new Gauge({
    name: 'chancery_outbox_messages',
    help: 'Messages that wait for a partner.',
    labelNames: ['partner'],
    registers: [registry],
    async collect() {
      const backlogs = await readings.backlogs();
      this.reset();
      for (const { partner, messages } of backlogs) this.set({ partner }, messages);
    },
  });
  new Gauge({
    name: 'chancery_waiting',
    help: 'What waits for somebody: decisions of the policy for a review, devices for approval.',
    labelNames: ['what'],
    registers: [registry],
    async collect() {
      this.set({ what: 'review' }, await readings.reviews());
      this.set({ what: 'enrolment' }, await readings.enrolments());
    },
  });
}
