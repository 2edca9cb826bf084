export { DETECTORS, detector, findAll, kindsOf, type DetectorName } from './detectors.ts';
export type { Find, Found } from './found.ts';
export { mask, redact } from './mask.ts';
export { MAX_FINDINGS, MAX_PATTERN, patternDetector } from './own-pattern.ts';
export { MAX_PHRASE, MAX_WORDS, wordsDetector, type WordsOptions } from './own-words.ts';
