import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { nextLink } from '../../domain/rewrite-link.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';

/** Tells clients where the next page of an organization's members is. */
@Injectable()
export class MemberPageLinks {
  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {}

  /**
   * @param path as asked
   * @param page.after the last member's id; undefined on the last page
   */
  give(response: Response, path: string, page: { limit: number; after: number | undefined }): void {
    if (page.after === undefined) return;
    response.setHeader('Link', nextLink(`${this.config.baseUrl}${path}?limit=${page.limit}&cursor=${page.after}`));
  }
}
