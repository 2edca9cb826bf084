/** What the metrics of a node are read from at each scrape. */
export interface Readings {
  /** Gaps as the last look found them. */
  readonly gaps: () => readonly { readonly kind: string; readonly severity: string }[];
  readonly entries: () => number;
  readonly devicesConnected: () => number;
  /** Messages that wait for each partner. */
  readonly backlogs: () => Promise<readonly { readonly partner: string; readonly messages: number }[]>;
  /** What waits for people: decisions for a review, devices for approval. */
  readonly reviews: () => Promise<number>;
  readonly enrolments: () => Promise<number>;
  /** Decisions of the policy since the last scrape, each with one of the rules that led to it. */
  readonly decisions: () => Promise<readonly { readonly rule: string; readonly outcome: string }[]>;
}
