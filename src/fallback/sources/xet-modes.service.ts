import { Injectable } from '@nestjs/common';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { xetModeOf, type XetMode } from '../../domain/xet-mode.js';
import { Deliveries } from './deliveries.service.js';

/** Decides how files of sources are offered over Xet. */
@Injectable()
export class XetModes {
  constructor(private readonly deliveries: Deliveries) {}

  /**
   * How a file is offered, by the settings of its source and the delivery of the file.
   *
   * @param file - with its size in bytes; null if it is not known
   * @throws HubError `BadRequest` if the patterns of rules take too long to match the path
   */
  modeOf(
    source: Source,
    file: { readonly repo: RepoId; readonly path: string; readonly size: number | null },
  ): XetMode {
    if (xetModeOf({ ...source, delivery: 'redirect' }, file.size) === 'hide') return 'hide';
    const { delivery } = this.deliveries.decide(source, { ...file, path: file.path.split('/') })!;
    return xetModeOf({ ...source, delivery }, file.size);
  }
}
