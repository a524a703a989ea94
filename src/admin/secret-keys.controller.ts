import { HttpCode } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { KeyRotationService } from '../fallback/sources/key-rotation.service.js';
import { Route } from '../platform/http/route.decorator.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import type { Caller } from '../domain/caller.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto } from './dto/outcome.dto.js';
import { RotatedKeysDto, SecretKeysDto, toRotatedKeysDto, toSecretKeysDto } from './dto/secret-keys.dto.js';

/** The secret keys of the hub. The keys themselves are never sent. */
@AdminApi()
export class SecretKeysController {
  constructor(
    private readonly rotation: KeyRotationService,
    private readonly audit: AuditLog,
  ) {}

  @Route('admin.secretKeys.read')
  @ApiOperation({ summary: 'Report which secret key encrypts how many credentials of sources' })
  @ApiOkResponse({ type: SecretKeysDto })
  async read(): Promise<SecretKeysDto> {
    return toSecretKeysDto(await this.rotation.report());
  }

  @Route('admin.secretKeys.rotate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Encrypt the credentials of all sources with the first secret key, and use it from now on' })
  @ApiOkResponse({ type: RotatedKeysDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'There is only one secret key' })
  async rotate(@CurrentCaller() caller: Caller): Promise<RotatedKeysDto> {
    const rotated = await this.audit.attempt(
      caller,
      { action: 'hub.rotate_secret_key' },
      { work: () => this.rotation.rotate(), outcome: ({ reencrypted }) => ({ reencrypted }) },
    );
    return toRotatedKeysDto(rotated);
  }
}
