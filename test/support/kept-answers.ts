import { DataSource } from 'typeorm';
import { KeptAnswers } from '../../src/fallback/cache/kept-answers.service.js';
import type { RunningHub } from './hub-app.js';

/** Makes all kept replies of sources older, as if they had been requested earlier. */
export async function ageKeptAnswers({ app }: RunningHub, seconds: number): Promise<void> {
  await app
    .get(DataSource)
    .query('UPDATE kept_answers SET checked_at = checked_at - $1::bigint', [Math.round(seconds * 1000)]);
  await forgetKeptAnswers(app);
}

/** Reads kept replies from the database again, as after a restart. */
export const forgetKeptAnswers = (app: RunningHub['app']): Promise<void> => app.get(KeptAnswers).forget();
