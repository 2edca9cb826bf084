export { conversationNamed } from './conversation.ts';
export { Search, type SearchRequest } from './search.ts';
export { SearchIndex } from './search-index.ts';
