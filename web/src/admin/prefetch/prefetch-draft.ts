import type { RepoType } from '@/api/repositories';
import { repoIdError } from '../repo-id';
import type { PrefetchRequest } from './prefetch-api';

/** The fields of the form. */
export interface PrefetchDraft {
  type: RepoType;
  id: string;
  revision: string;
  /** One pattern per line. */
  patterns: string;
  schedule: string;
  /** Megabytes per second. */
  rate: string;
}

export const newDraft = (): PrefetchDraft => ({
  type: 'model',
  id: '',
  revision: 'main',
  patterns: '',
  schedule: '',
  rate: '',
});

const BYTES_PER_MB = 1_000_000;
const MIN_RATE = 0.1;
const MAX_RATE = 2000;

/** The messages of fields that are not valid. */
export function draftProblems({ id, rate }: PrefetchDraft): { readonly id?: string; readonly rate?: string } {
  const isRate = rate === '' || (Number(rate) >= MIN_RATE && Number(rate) <= MAX_RATE);
  const problem = repoIdError(id);
  return {
    ...(problem && { id: problem }),
    ...(!isRate && { rate: `Enter a number from ${MIN_RATE} to ${MAX_RATE}, or leave it empty.` }),
  };
}

/** The request for a valid draft. */
export function toRequest({ type, id, revision, patterns, schedule, rate }: PrefetchDraft): PrefetchRequest {
  const files = patterns.split('\n').map((line) => line.trim());
  const used = files.filter(Boolean);
  return {
    repos: [{ type, id, revision: revision || 'main', ...(used.length > 0 && { files: used }) }],
    schedule: schedule.trim() || null,
    max_bytes_per_second: rate === '' ? null : Math.round(Number(rate) * BYTES_PER_MB),
  };
}
