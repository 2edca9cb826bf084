export { MAX_QUERY_LENGTH, parseQuery, type Condition, type Query } from './query.ts';
export { asciiWordAt, asciiWordEnd, isAscii, wordsOf } from './words.ts';
