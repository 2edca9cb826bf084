/**
 * Messages that were reported as phishing, as this device shows them: as long as the organisation hides one, nothing of what it
 * says is shown here either, also of what came before that; what is dismissed is shown as it came, or as it came again.
 */
import type { FeedEvent, MessageEvent, ReportEvent } from './event.ts';

export class Hidden {
  /** The newest by the id of its message; as many as there are in the feed, which is bounded. */
  readonly #reports = new Map<string, ReportEvent>();

  /** A report, or what was decided about it, in the order they came. */
  take(report: ReportEvent): void {
    this.#reports.set(report.message, report);
  }

  /** One that is kept no longer; whether there was no newer one. */
  drop({ message, position }: ReportEvent): boolean {
    return this.#reports.get(message)?.position === position && this.#reports.delete(message);
  }

  /** An event as it is shown now. */
  shown<E extends FeedEvent>(event: E): E {
    if (event.type !== 'message' || this.#reports.size === 0) return event;
    return this.#messageNow(event) as E;
  }

  #messageNow(event: MessageEvent): MessageEvent {
    const { content, ruled } = event;
    const report = this.#reports.get('target' in content ? content.target : event.id);
    if (report === undefined) return event;
    if (report.state !== 'dismissed') return withoutContent(event, report.state);
    if (ruled?.reported === undefined) return event;
    const again = report.again.find(({ id }) => id === event.id);
    const { position, sequence, time } = event;
    return again === undefined ? event : { ...again, position, sequence, time };
  }
}

function withoutContent(event: MessageEvent, reported: 'reported' | 'confirmed'): MessageEvent {
  const ruled = { warnings: [], redacted: false, reported };
  const { content } = event;
  switch (content.kind) {
    case 'text':
    case 'attachment':
      return { ...event, ruled, content: { kind: 'text', text: '' } };
    case 'edit':
      return { ...event, ruled, content: { ...content, text: '' } };
    case 'recall':
    case 'create':
    case 'membership':
      return event;
  }
}
