export { MAX_QUERY_LENGTH, parseQuery, type Condition, type Query } from './query.ts';
export { wordsOf } from './words.ts';
