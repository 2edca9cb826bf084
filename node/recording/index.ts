export { ABSENCE_MS } from './missing.ts';
export { absencesAtPromotion } from './promotion.ts';
export { Recording } from './recording.ts';
