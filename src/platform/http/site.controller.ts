import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { SiteDto } from './site.dto.js';

/** What programs and pages ask about the hub itself. */
@ApiTags('misc')
@Controller('api')
export class SiteController {
  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {}

  /** Which program answers, its version, and the site's name. */
  @Get('version')
  version(): { api: string; version: string; name: string } {
    return { api: 'hubfall', version: this.config.version, name: this.config.siteName };
  }

  /** What pages need to know before they can show anything. */
  @Get('site-config')
  siteConfig(): SiteDto {
    const { siteName: site_name, version, registration, fallback } = this.config;
    return { site_name, version, registration, fallback: fallback.enabled };
  }

  /** Asked by every process of `huggingface_hub`, with a 3 s timeout: an empty list at once is the kindest answer (contract A.9). */
  @Get('agent-harnesses')
  agentHarnesses(): { standardEnvVars: string[]; harnesses: Record<string, never> } {
    return { standardEnvVars: [], harnesses: {} };
  }
}
