/** Search in what all sessions printed and were told. */
import { get, post, type Schemas } from './client';

export type SearchFilters = Schemas['SearchFilters'];
export type Hit = Schemas['SearchResult'];
export type Dropped = Schemas['Dropped'];
export type SearchAnswer = Schemas['SearchResults'];

export async function search(query: string, filters: SearchFilters, cursor?: string): Promise<SearchAnswer> {
  return post('/api/search', { body: { query, filters, limit: 50, ...(cursor && { cursor }) } });
}

export async function suggestions(typed: string): Promise<string[]> {
  return (await get('/api/search/suggestions', { params: { query: { q: typed, limit: 8 } } })).suggestions;
}
