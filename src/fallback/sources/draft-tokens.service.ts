import { Injectable } from '@nestjs/common';
import { SECRET_FIELDS, type SecretField, type SourceSecrets, type SourceSetting } from '../../domain/source.js';
import { sourceIdentity } from '../../domain/check-source.js';
import { SourceTokens } from '../upstream/source-tokens.js';
import { secretsOf, type OpenedSecrets } from './sealed-secrets.js';
import { FallbackSourcesService } from './fallback-sources.service.js';

/** Determines the credentials of a draft source in connection tests and dry runs. */
@Injectable()
export class DraftTokensService {
  constructor(
    private readonly sources: FallbackSourcesService,
    private readonly tokens: SourceTokens,
  ) {}

  /** The credentials in the draft, and the ones that saving the draft would keep, from the source with its namespace, name and host. */
  secretsFor(draft: SourceSetting): OpenedSecrets {
    const stored = this.sources
      .list()
      .find(({ origin, source }) => origin === 'database' && sourceIdentity(source) === sourceIdentity(draft));
    const isKept = stored && new URL(stored.source.url).origin === new URL(draft.url).origin;
    const kept = isKept ? this.tokens.secretsOf(stored.source) : {};
    const named = SECRET_FIELDS.filter((field) => draft[field] !== undefined);
    const secrets = { ...omit(kept, named), ...secretsOf(draft) };
    const required = isKept ? stored.secretFields.filter((field) => !named.includes(field)) : [];
    return { secrets, isComplete: required.every((field) => secrets[field] !== undefined) };
  }
}

const omit = (secrets: SourceSecrets, fields: readonly SecretField[]): SourceSecrets =>
  Object.fromEntries(Object.entries(secrets).filter(([field]) => !fields.includes(field as SecretField)));
