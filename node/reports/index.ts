export { ALLOWANCE } from './limits.ts';
export { Received } from './received.ts';
export { ReportDesk } from './report-desk.ts';
export { letterName, Sent } from './sent.ts';
export { Suspicion } from './suspicion.ts';
export { Verdicts } from './verdicts.ts';
