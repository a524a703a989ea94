import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { SiteDto } from './site.dto.js';
import { Route } from './route.decorator.js';

/** Information about the hub. */
@ApiTags('misc')
@Controller()
export class SiteController {
  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {}

  /** Name and version of the server software, and the site name. */
  @Route('site.version')
  version(): { api: string; version: string; name: string } {
    return { api: 'hubfall', version: this.config.version, name: this.config.siteName };
  }

  /** Settings that the web pages need at startup. */
  @Route('site.config')
  siteConfig(): SiteDto {
    const { siteName: site_name, remoteImages: remote_images, version, registration, fallback, signIn } = this.config;
    const { enabled, reserveLocalNamespaces: reserve_local_namespaces } = fallback;
    return {
      site_name,
      version,
      registration,
      remote_images,
      fallback: enabled,
      reserve_local_namespaces,
      password_sign_in: signIn.password,
      sign_in_providers: signIn.providers.map(({ id, name }) => ({ id, name })),
    };
  }

  /** Always empty. `huggingface_hub` requests it at startup and waits up to 3 s for a response (contract A.9). */
  @Route('site.agentHarnesses')
  agentHarnesses(): { standardEnvVars: string[]; harnesses: Record<string, never> } {
    return { standardEnvVars: [], harnesses: {} };
  }
}
