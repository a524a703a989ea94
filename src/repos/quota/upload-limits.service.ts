import { Inject, Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { HubError } from '../../domain/hub-error.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import { DiskFloor } from '../../platform/storage/disk-floor.js';
import { fileTooLarge } from './quota-message.js';

/** The limit that an upload exceeds. */
export type RefusalReason = 'quota' | 'repositories' | 'file_size' | 'disk';

/** Checks uploads against the limits that do not depend on the account, and counts refused uploads. */
@Injectable()
export class UploadLimits {
  private readonly refused: Counter<'reason'>;

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly floor: DiskFloor,
    metrics: HubMetrics,
  ) {
    this.refused = metrics.counter({
      name: 'hubfall_uploads_refused_total',
      help: 'Uploads, new repositories and transfers that were refused, by the limit that they exceed',
      labels: ['reason'],
    });
  }

  /**
   * @param name - path of the file, for the message
   * @throws HubError `PayloadTooLarge` if the file is larger than any file may be
   */
  requireSize(size: number, name?: string): void {
    const error = this.sizeError(size, name);
    if (error) throw error;
  }

  /** The error for a file that is too large; `undefined` for others. */
  sizeError(size: number, name?: string): HubError | undefined {
    const { maxFileSize } = this.config.limits;
    return size > maxFileSize ? this.refuse('file_size', fileTooLarge(name, size, maxFileSize)) : undefined;
  }

  /**
   * @param bytes - that will be written; 0 if that is unknown
   * @throws HubError `StorageFull` if too little space would stay free on the disk
   */
  async requireSpace(bytes: number): Promise<void> {
    try {
      await this.floor.require(bytes);
    } catch (error) {
      throw this.refuse('disk', error as HubError);
    }
  }

  /** Counts a refused upload. Returns its error. */
  refuse(reason: RefusalReason, error: HubError): HubError {
    this.refused.inc({ reason });
    return error;
  }
}
