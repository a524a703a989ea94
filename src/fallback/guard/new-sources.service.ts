import { Injectable } from '@nestjs/common';
import type { Source } from '../../domain/source.js';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import { CheckedSourcesStore } from './checked-sources.store.js';

/** The properties of a source that determine which names it can have. */
const identityOf = ({ type, url, namespace, include, exclude }: Source): string =>
  JSON.stringify([type, url, namespace, include, exclude]);

/** Notices sources that were added, so that names which existed before are checked at them. */
@Injectable()
export class NewSources {
  /** The sources when they were last compared with the stored ones. */
  private seen: readonly Source[] | undefined;

  constructor(
    private readonly sources: FallbackSourcesService,
    private readonly store: CheckedSourcesStore,
  ) {}

  /** Whether a source was added, or applies to more names, since the last call on any replica. */
  async takeNew(): Promise<boolean> {
    const sources = this.sources.sources();
    if (sources === this.seen) return false;
    const used = sources.filter(({ enabled }) => enabled);
    const isNew = await this.store.add(used.map(identityOf), sources.map(identityOf));
    this.seen = sources;
    return isNew;
  }
}
