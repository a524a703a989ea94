import type { LocationQuery, LocationQueryValue } from 'vue-router';
import type { ListQuery } from '@/api/lists';
import type { RepoType } from '@/api/repositories';

export const SORTS: Readonly<Record<string, string>> = {
  trendingScore: 'Trending',
  lastModified: 'Recently updated',
  createdAt: 'Recently created',
  downloads: 'Most downloads',
  likes: 'Most likes',
};

/** Common model tasks. */
export const TASKS = [
  'text-generation',
  'text-classification',
  'token-classification',
  'question-answering',
  'translation',
  'summarization',
  'fill-mask',
  'feature-extraction',
  'sentence-similarity',
  'zero-shot-classification',
  'table-question-answering',
  'image-text-to-text',
  'visual-question-answering',
  'document-question-answering',
  'text-to-image',
  'image-to-text',
  'image-to-image',
  'image-classification',
  'image-segmentation',
  'object-detection',
  'depth-estimation',
  'mask-generation',
  'text-to-video',
  'video-classification',
  'text-to-speech',
  'text-to-audio',
  'automatic-speech-recognition',
  'audio-classification',
  'audio-to-audio',
  'tabular-classification',
  'tabular-regression',
  'time-series-forecasting',
  'reinforcement-learning',
  'robotics',
  'graph-ml',
  'any-to-any',
] as const;

const first = (value: LocationQueryValue | LocationQueryValue[] | undefined): string | undefined =>
  (Array.isArray(value) ? value[0] : value) || undefined;
const all = (value: LocationQueryValue | LocationQueryValue[] | undefined): string[] =>
  [value].flat().filter((item): item is string => !!item);

/**
 * Reads the list parameters from the page's URL.
 * @param includesSources - whether external repositories are listed too without `sources=1` in the URL
 */
export function parseListQuery(type: RepoType, query: LocationQuery, includesSources: boolean): ListQuery {
  const sort = first(query['sort']) ?? 'trendingScore';
  return {
    type,
    search: first(query['search']),
    filter: all(query['filter']),
    pipeline_tag: type === 'model' ? first(query['pipeline_tag']) : undefined,
    sort: sort in SORTS ? sort : 'trendingScore',
    limit: 30,
    fallback: includesSources || first(query['sources']) === '1',
  };
}
