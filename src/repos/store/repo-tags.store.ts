import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import type { RepoType } from '../../domain/repo-id.js';
import { localTags, type TagsByType, type TagUse } from '../../domain/repo-tags.js';

/** The query reads all public repositories, so its result is kept for a minute. */
const KEPT_MS = 60_000;
const MAX_TAGS = 5_000;

const USES = `
  SELECT tag AS id, bool_or(tag = r.pipeline_tag) IS TRUE AS "isTask", bool_or(tag = r.library_name) IS TRUE AS "isLibrary",
    bool_or(r.card_data->'language' ? tag) IS TRUE AS "isLanguage"
  FROM repositories r CROSS JOIN unnest(r.tags) AS tag
  WHERE r.type = $1 AND r.disabled_at IS NULL AND NOT r.private
  GROUP BY tag ORDER BY count(*) DESC, tag LIMIT ${MAX_TAGS}`;

/** The tags of public local repositories, the most frequent ones first. */
@Injectable()
export class RepoTagsStore {
  private readonly kept = new LRUCache<RepoType, Promise<TagsByType>>({ max: 3, ttl: KEPT_MS });

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  byType(type: RepoType): Promise<TagsByType> {
    const kept = this.kept.get(type);
    if (kept) return kept;
    const tags = this.database.query<TagUse[]>(USES, [type]).then(localTags);
    this.kept.set(type, tags);
    tags.catch(() => this.kept.delete(type));
    return tags;
  }
}
