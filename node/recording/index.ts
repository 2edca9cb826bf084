export { Notice, type NoticePolicy } from './notice.ts';
export { absencesAtPromotion } from './promotion.ts';
export { Recording } from './recording.ts';
