/**
 * How long finding sensitive data takes: the whole default set on ordinary messages of 4 KB, and each detector on 64 KB
 * of text made to be slow. Prints milliseconds; run by hand, as `node scripts/bench/detect.ts`.
 */
import { DETECTORS, detector, findAll, patternDetector, wordsDetector, type Find } from '../../protocol/detect/index.ts';
import { quantile } from './quantile.ts';
