export { DETECTORS, detector, findAll, kindsOf, type DetectorName } from './detectors.ts';
export { MAX_FINDINGS, type Find, type Found } from './found.ts';
export { mask, redact } from './mask.ts';
export { MAX_PATTERN, patternDetector } from './own-pattern.ts';
export { MAX_PHRASE, MAX_WORDS, wordsDetector } from './own-words.ts';
export { plainOf, type Plain } from './plain.ts';
